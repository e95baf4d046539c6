// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Opens the files of a chain, one layer at a time.
struct LayerOpener {
    /// So many snapshots are named when the one that was asked for is missing.
    private static let shownSnapshots = 8

    private let policy: ChainPolicy
    private let lock: LayerLock
    private var gate: BackingGate
    /// The L2 tables of all layers so far.
    private var tableCount = 0
    private(set) var warnings: [String] = []

    init(_ policy: ChainPolicy, _ cancellation: Cancellation) throws(CollapseError) {
        self.policy = policy
        lock = LayerLock(policy, cancellation)
        gate = try BackingGate(policy.allowedBacking)
    }

    /// Opens one layer in its active state or, for the chain's top, an internal snapshot's.
    ///
    /// The top is what the user named; other layers are what an overlay names.
    mutating func open(
        _ reference: BackingReference,
        isTop: Bool,
        snapshot: String?
    ) throws(CollapseError) -> Layer {
        let file = try LayerOpener.file(reference.path) { (found) throws(CollapseError) in
            if !isTop { try gate.check(found) }
            gate.enter(found)
        }
        if !(isTop && policy.topIsLocked) { try lock.take(file) }
        if policy.readsFromDisk { file.forgetCached() }
        let format = try format(of: file, reference, isTop: isTop)
        guard format == .qcow2 else {
            guard snapshot == nil else {
                throw CollapseError(.notFound, "\(file.path): a raw image has no snapshots")
            }
            return try LayerOpener.rawLayer(file, reference)
        }
        let wasGuessed = reference.format == nil && !isTop
        return try imageLayer(file, wasGuessed: wasGuessed, snapshot: snapshot)
    }

    /// Finds a file, has it judged, and opens what was found.
    static func file(
        _ path: String,
        _ judge: (borrowing FoundFile) throws(CollapseError) -> Void = { _ in }
    ) throws(CollapseError) -> File {
        let found = try openingFile { () throws(IOError) in try FoundFile(at: path) }
        try judge(found)
        return try openingFile { () throws(IOError) in try File(reading: found) }
    }

    private static func openingFile<R: ~Copyable>(
        _ call: () throws(IOError) -> R
    ) throws(CollapseError) -> R {
        do throws(IOError) { return try call() } catch {
            let advice =
                error.isOutOfDescriptors
                ? " (a chain needs an open file for each layer; raise the limit with ulimit -n)"
                : ""
            throw CollapseError(
                error.nothingIsThere ? .notFound : .inputOutput,
                error.description + advice
            )
        }
    }

    /// The format that is recorded, or else the one the first bytes show.
    private mutating func format(
        of file: File,
        _ reference: BackingReference,
        isTop: Bool
    ) throws(CollapseError) -> ImageFormat {
        if let format = reference.format { return format }
        let format = try ImageFormat(guessedFrom: file)
        if format == .qcow2, !isTop {
            warnings.append(
                "\(file.path): read as qcow2 because it looks like one; the overlay records no "
                    + "format"
            )
        }
        return format
    }

    static func rawLayer(
        _ file: File,
        _ reference: BackingReference
    ) throws(CollapseError) -> Layer {
        guard reference.rawOffset <= file.byteCount,
            (reference.rawBytes ?? 0) <= file.byteCount - reference.rawOffset
        else {
            throw CollapseError(
                .brokenChain,
                "\(file.path): the part at \(hex(reference.rawOffset)) that its "
                    + "overlay names passes the end of the file at \(hex(file.byteCount))"
            )
        }
        let bytes = reference.rawBytes ?? (file.byteCount - reference.rawOffset)
        return Layer(
            path: file.path,
            content: .raw(start: reference.rawOffset),
            data: file,
            // QEMU counts in sectors and reads the last one's missing bytes as zeros.
            diskBytes: (bytes + 511) / 512 * 512,
            files: [file]
        )
    }

    private mutating func imageLayer(
        _ file: File,
        wasGuessed: Bool,
        snapshot: String?
    ) throws(CollapseError) -> Layer {
        let header = try readingImage { () throws(ImageError) in try Header(reading: file) }
        if wasGuessed, !policy.trustsProbedFormats { try refuseReferences(of: header, file.path) }
        let dataFile = try openDataFile(of: header, file.path)
        let image = QCow2Image(
            header: header,
            metadata: file,
            clusters: dataFile ?? file,
            salvages: policy.salvage
        )
        addWarnings(header, file.path)
        let table = try table(of: image, snapshot: snapshot)
        tableCount += table.tableCount
        if table.lostBytes > 0 {
            warnings.append(
                "\(file.path): L2 tables lie beyond the end of the file: the content "
                    + "of up to \(table.lostBytes) bytes of the disk is lost"
            )
        }
        return Layer(
            path: file.path,
            content: .qcow2(image, table),
            data: image.clusters,
            diskBytes: table.diskBytes,
            files: [file] + (dataFile.map { [$0] } ?? []),
            mayHaveHoles: try mayHaveHoles(image, dataFile)
        )
    }

    private func mayHaveHoles(
        _ image: QCow2Image,
        _ dataFile: File?
    ) throws(CollapseError) -> Bool {
        if let dataFile {
            let used = try usingDisk { () throws(IOError) in try dataFile.allocatedBytes() }
            return used < dataFile.byteCount / 10 * 9
        }
        // Damaged refcounts are no reason not to read an image.
        return (try? image.isPreallocated()) ?? false
    }

    /// A guest can write a qcow2 header into a raw disk.
    ///
    /// Where only the first bytes say that a file is an image, it may not lead to others.
    private func refuseReferences(of header: Header, _ path: String) throws(CollapseError) {
        guard header.backingName != nil || header.extensions.dataFileName != nil else { return }
        let trust =
            policy.callerOptions.contains(.trusting) ? ", or trust it with --trust-probed" : ""
        throw CollapseError(
            .brokenChain,
            "\(path): the overlay records no format for it, and it names another file as a qcow2 "
                + "image would: a guest of a raw disk can forge that (record the format with "
                + "qemu-img rebase -u\(trust))"
        )
    }

    private mutating func openDataFile(of header: Header, _ path: String) throws(CollapseError)
        -> File?
    {
        guard header.incompatibleFeatures.contains(.externalDataFile) else { return nil }
        guard let name = header.extensions.dataFileName else {
            throw CollapseError(
                .damagedImage,
                "\(path): at 0x48: the image wants an external data file "
                    + "(incompatible feature bit 2), but does not name one"
            )
        }
        let file: File
        do throws(CollapseError) {
            file = try LayerOpener.file(name) { (found) throws(CollapseError) in
                try gate.check(found)
            }
        } catch {
            throw CollapseError(
                error.code == .notAllowed ? .notAllowed : .brokenChain,
                "\(path): its external data file '\(name)' cannot be opened: \(error) "
                    + "(the name is relative to the working directory)"
            )
        }
        try lock.take(file)
        return file
    }

    private func table(
        of image: QCow2Image,
        snapshot name: String?
    ) throws(CollapseError) -> L1Table {
        guard let name else {
            return try readingImage { () throws(ImageError) in
                try image.activeTable(besides: tableCount)
            }
        }
        let snapshot = try readingImage { () throws(ImageError) in
            try image.snapshot(named: name)
        }
        guard let snapshot else {
            var shown: [String] = []
            try readingImage { () throws(ImageError) in
                try image.forEachSnapshot { snapshot in
                    guard shown.count <= LayerOpener.shownSnapshots else { return }
                    let isLast = shown.count == LayerOpener.shownSnapshots
                    shown.append(isLast ? "…" : "\(snapshot.name) (id \(snapshot.id))")
                }
            }
            let names = shown.joined(separator: ", ")
            throw CollapseError(
                .notFound,
                "\(image.path): there is no snapshot '\(name)'; "
                    + (names.isEmpty ? "it has none" : "it has \(names)")
            )
        }
        return try readingImage { () throws(ImageError) in
            try image.table(of: snapshot)
        }
    }

    private mutating func addWarnings(_ header: Header, _ path: String) {
        if header.incompatibleFeatures.contains(.dirty) {
            warnings.append(
                "\(path): the image was not closed cleanly (dirty bit); its data is read"
            )
        }
        if header.incompatibleFeatures.contains(.corrupt) {
            warnings.append("\(path): the image is marked corrupt; what can be read is read")
        }
    }
}
