// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

extension ImageInformation {
    /// Reads what an image says of itself.
    ///
    /// - Parameters:
    ///   - path: the image, named as QEMU names files: `json:` and `file:` are understood.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - sharesWithWriters: look at the image while another program writes to it.
    /// - Throws: `CollapseError`.
    public init(
        of path: String,
        format: ImageFormat? = nil,
        sharesWithWriters: Bool = false
    ) throws(CollapseError) {
        let reference = try BackingReference(ofTop: path, format)
        try self.init(reference, LayerOpener.file(reference.path), sharesWithWriters)
    }

    /// Reads what an image and all below it say of themselves, one after the other, the top first.
    ///
    /// - Parameters:
    ///   - path: the top image.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - sharesWithWriters: look at the image while another program writes to it.
    /// - Returns: one for each image.
    /// - Throws: `CollapseError`.
    public static func chain(
        from path: String,
        format: ImageFormat? = nil,
        sharesWithWriters: Bool = false
    ) throws(CollapseError) -> [ImageInformation] {
        var next: BackingReference? = try BackingReference(ofTop: path, format)
        var images: [ImageInformation] = []
        // A name that leads back can be another one each time: `./a`, `././a`.
        var seen: Set<File.Identity> = []
        while let reference = next {
            let file = try LayerOpener.file(reference.path)
            guard seen.insert(file.identity).inserted, images.count < ImageChain.maximumLayers
            else {
                throw CollapseError(
                    .brokenChain,
                    "\(reference.path): the chain comes back to this file, or has more than "
                        + "\(ImageChain.maximumLayers) layers"
                )
            }
            let image = try ImageInformation(reference, file, sharesWithWriters)
            images.append(image)
            next = reference.endsChain ? nil : try image.reference()
        }
        return images
    }

    /// What the image's backing file's name leads to.
    private func reference() throws(CollapseError) -> BackingReference? {
        guard let backing else { return nil }
        do throws(BackingReference.Unusable) {
            return try BackingReference(
                name: backing.name,
                format: backing.format,
                overlayPath: path
            )
        } catch {
            throw CollapseError(
                .brokenChain,
                "\(path): the backing file '\(backing.name)' cannot be used: \(error.reason)"
            )
        }
    }

    private init(
        _ reference: BackingReference,
        _ file: File,
        _ sharesWithWriters: Bool
    ) throws(CollapseError) {
        let isFree = try usingDisk { () throws(IOError) in
            if sharesWithWriters { true } else { try file.lock(for: .inspect) }
        }
        guard isFree else {
            throw CollapseError(
                .inUse,
                "\(file.path): a running VM or another program writes to it (-U looks at it all the "
                    + "same)"
            )
        }
        let allocated = try usingDisk { () throws(IOError) in try file.allocatedBytes() }
        let isRaw =
            if let format = reference.format { format == .raw } else {
                try ImageFormat(guessedFrom: file) == .raw
            }
        guard !isRaw else {
            self.init(try LayerOpener.rawLayer(file, reference), allocated)
            return
        }
        let header = try readingImage { () throws(ImageError) in
            try Header(reading: file, acceptsEncryption: true)
        }
        let image = QCow2Image(header: header, metadata: file, clusters: file)
        do throws(ImageError) { try self.init(image, allocated) } catch {
            throw CollapseError(error)
        }
    }

    private init(_ raw: Layer, _ allocatedBytes: UInt64) {
        path = raw.path
        format = .raw
        diskBytes = raw.diskBytes
        self.allocatedBytes = allocatedBytes
        backing = nil
        snapshots = []
        details = nil
    }

    private init(_ image: QCow2Image, _ allocatedBytes: UInt64) throws(ImageError) {
        path = image.path
        format = .qcow2
        diskBytes = image.header.diskBytes
        self.allocatedBytes = allocatedBytes
        backing = image.header.backingName.map { name in
            Backing(
                name: name,
                path: BackingReference.fullName(of: name, overlayPath: image.path),
                format: image.header.extensions.backingFormat
            )
        }
        snapshots = try image.snapshots()
        details = try Details(image)
    }
}

extension ImageInformation.Details {
    fileprivate init(_ image: QCow2Image) throws(ImageError) {
        let header = image.header
        version = header.version
        clusterBytes = header.geometry.clusterBytes
        compressionType = header.compressionType
        refcountBits = 1 << Int(header.refcountOrder)
        hasLazyRefcounts = header.hasLazyRefcounts
        hasExtendedL2 = header.geometry.hasExtendedL2
        isDirty = header.incompatibleFeatures.contains(.dirty)
        isCorrupt = header.incompatibleFeatures.contains(.corrupt)
        dataFile = header.extensions.dataFileName
        isDataFileRaw =
            image.hasDataFile ? header.autoclearFeatures.contains(.rawExternalData) : nil
        bitmaps = try image.persistentBitmaps()
        isEncrypted = header.encryption != .none
        luks = try image.luksHeader()
    }
}
