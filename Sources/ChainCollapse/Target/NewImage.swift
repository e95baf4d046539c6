// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// An image without content: a disk of zeros, or of what its backing file has.
///
/// A file that has the name is emptied and made anew; it keeps its owner, and what else has it as
/// its name. One that a running VM or another program uses is left alone. A block device is written
/// in place.
public struct NewImage: Sendable {
    /// QEMU's limit: sizes are signed.
    private static let maximumDiskBytes = UInt64(Int64.max) & ~511

    /// Where the image is made.
    public let path: String
    /// The size of the disk, in bytes: whole sectors of 512 bytes.
    public let diskBytes: UInt64
    /// The format and its options; nothing is compressed.
    public let format: CollapseTarget.Format

    /// An image that is to be made; a size within a sector is rounded up.
    ///
    /// - Throws: `.invalidOptions` when there is no such image.
    public init(
        at path: String,
        diskBytes: UInt64,
        format: CollapseTarget.Format
    ) throws(CollapseError) {
        guard diskBytes <= NewImage.maximumDiskBytes else {
            throw CollapseError(.invalidOptions, "a disk of \(diskBytes) bytes is too large: 8 EiB")
        }
        self.path = path
        self.diskBytes = (diskBytes + 511) & ~511
        self.format = format
    }

    /// The size of the disk that a backing file has, when all files below it are there and none is
    /// the one that the image would overwrite.
    ///
    /// - Parameters:
    ///   - name: its name, as the image is to record it.
    ///   - format: its format.
    ///   - path: the image's own path, which a relative name goes out from.
    /// - Returns: the size in bytes.
    /// - Throws: `CollapseError` when one cannot be opened, or would be overwritten.
    public static func diskBytes(
        ofBacking name: String,
        format: ImageFormat,
        forImageAt path: String
    ) throws(CollapseError) -> UInt64 {
        let full = BackingReference.fullName(of: name, overlayPath: path)
        let chain = try ImageInformation.chain(from: full, format: format)
        let files = chain.map(\.path) + chain.compactMap { $0.details?.dataFile }
        if case .regular(let identity)? = Directory.kind(of: path),
            files.contains(where: { Directory.kind(of: $0) == .regular(identity) })
        {
            throw CollapseError(
                .unusableTarget,
                "\(path): the new image would overwrite a layer of the chain below it"
            )
        }
        return chain[0].diskBytes
    }

    /// Makes the image.
    ///
    /// - Throws: `.invalidOptions` when options contradict each other, `.inUse` when another program
    ///   uses the file; nothing was changed then.
    public func create() throws(CollapseError) {
        var layout = try makeLayout()
        let target = try usingDisk { () throws(IOError) in
            try TargetFile.openingOrCreating(path)
        }
        do throws(CollapseError) {
            guard try usingDisk({ () throws(IOError) in try target.lock() }) else {
                throw CollapseError(.inUse, "\(path): a running VM or another program uses it")
            }
            try empty(target)
            try write(to: target, &layout)
            try usingDisk { () throws(IOError) in try target.flush() }
        } catch {
            if target.isNew { try? Directory.remove(target.path) }
            throw error
        }
    }

    /// The layout of a qcow2 image, with places for what is preallocated.
    private func makeLayout() throws(CollapseError) -> ImageLayout? {
        switch format {
        case .raw(let preallocation):
            guard preallocation != .metadata else {
                throw CollapseError(
                    .invalidOptions,
                    "preallocation=metadata is for qcow2 images; a raw one has no metadata"
                )
            }
            return nil
        case .qcow2(let creation, let format):
            let isAbove = creation.backing != nil
            guard format.preallocation == .off || !isAbove || creation.hasExtendedL2 else {
                throw CollapseError(
                    .invalidOptions,
                    "preallocation above a backing file needs extended_l2"
                )
            }
            do throws(CreationOptions.Invalid) {
                return try ImageLayout(
                    options: creation,
                    diskBytes: diskBytes,
                    sharesClusters: false,
                    startsZeroed: !Directory.isBlockDevice(path)
                )
            } catch { throw CollapseError(.invalidOptions, "\(path): \(error.reason)") }
        }
    }

    /// Takes away what the target had, or at least what it would be known by.
    private func empty(_ target: TargetFile) throws(CollapseError) {
        let headBytes = try usingDisk { () throws(IOError) in
            try min(target.size().byteCount, 4096)
        }
        try usingDisk { () throws(IOError) in
            guard target.isBlockDevice else { return try target.setByteCount(0) }
            if case .raw = format { try target.setByteCount(diskBytes) }
            try target.writeZeros(at: 0, byteCount: headBytes)
            try target.flush()
        }
    }

    private func write(
        to target: TargetFile,
        _ layout: inout ImageLayout?
    ) throws(CollapseError) {
        guard layout != nil else {
            guard case .raw(let preallocation) = format else { return }
            return try usingDisk { () throws(IOError) in
                try target.setByteCount(diskBytes)
                try reserve(0, diskBytes, preallocation, target)
            }
        }
        do {
            try preallocate(in: &layout, target)
            try layout?.finish(flush: target.flush) { bytes, offset in
                try target.write(bytes, at: offset.rawValue)
            }
            try target.setByteCount(layout?.fileBytes ?? 0)
        } catch let error as IOError {
            throw CollapseError(.io(error))
        } catch let error as CreationOptions.Invalid {
            throw CollapseError(.invalidOptions, "\(path): \(error.reason)")
        } catch {
            throw CollapseError(.unusableTarget, String(describing: error))
        }
    }

    /// Gives every cluster its place, one L2 table after the other.
    private func preallocate(
        in layout: inout ImageLayout?,
        _ target: TargetFile
    ) throws(IOError) {
        guard case .qcow2(let creation, let format) = format, format.preallocation != .off,
            let geometry = layout?.geometry
        else { return }
        let clusters = (diskBytes + geometry.clusterBytes - 1) >> UInt64(geometry.clusterBits)
        for start in stride(from: 0, to: clusters, by: Int(geometry.l2Entries)) {
            let part = start..<min(start + geometry.l2Entries, clusters)
            let places =
                creation.hasExtendedL2
                ? part.compactMap {
                    // Their data is not read before it is written.
                    layout?.place($0, dataSubclusters: 0, zeroSubclusters: 0)
                } : layout?.place(part) ?? []
            for place in places {
                let (offset, count) = (place.hostOffset.rawValue, place.byteCount)
                try reserve(offset, count, format.preallocation, target)
            }
            for part in layout?.takeFinishedParts() ?? [] {
                try target.write(part.bytes, at: part.hostOffset.rawValue)
            }
        }
    }

    private func reserve(
        _ offset: UInt64,
        _ count: UInt64,
        _ preallocation: Preallocation,
        _ target: TargetFile
    ) throws(IOError) {
        switch preallocation {
        case .off: break
        case .metadata: if target.isBlockDevice { try target.zero(at: offset, byteCount: count) }
        case .falloc: try target.allocate(at: offset, byteCount: count)
        case .full: try target.writeZeros(at: offset, byteCount: count)
        }
    }
}
