// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import FuzzSupport
internal import QCow2

/// Looking through more table bytes shows nothing more, but takes time.
private let maximumTableBytes: UInt64 = 32 << 20
/// How many runs, and gaps between them, are looked up again one by one.
private let maximumLookups = 256

/// One image, read as the program reads it and in the plainest way.
private struct Subject {
    let image: QCow2Image
    let table: L1Table
    let simple: SimpleImage

    var unitBytes: UInt64 { image.geometry.subclusterBytes }

    func runs(in range: Range<UInt64>) throws(ImageError) -> [MappedRun] {
        var words = WordTable()
        var runs: [MappedRun] = []
        try image.appendRuns(of: table, in: range, using: &words, to: &runs)
        return runs
    }

    /// Runs ascend without touching more than they must, inside the range and in whole units.
    func checkShape(_ runs: [MappedRun], in range: Range<UInt64>) {
        var position = range.lowerBound
        for run in runs {
            require(run.guestOffset >= position, "runs overlap")
            require(run.byteCount > 0 && run.guestEnd <= range.upperBound, "a run leaves the disk")
            require(isBoundary(run.guestOffset, of: range), "a run begins inside a unit")
            require(isBoundary(run.guestEnd, of: range), "a run ends inside a unit")
            if case .compressed = run.mapping {
                let cluster = run.guestOffset / image.geometry.clusterBytes
                require(
                    cluster == (run.guestEnd - 1) / image.geometry.clusterBytes,
                    "a compressed run of two clusters"
                )
            }
            position = run.guestEnd
        }
        for (run, next) in zip(runs, runs.dropFirst()) where run.guestEnd == next.guestOffset {
            require(!continues(next, run), "two runs that are one")
        }
    }

    private func isBoundary(_ offset: UInt64, of range: Range<UInt64>) -> Bool {
        offset % unitBytes == 0 || offset == range.lowerBound || offset == range.upperBound
    }

    private func continues(_ next: MappedRun, _ run: MappedRun) -> Bool {
        switch (run.mapping, next.mapping) {
        case (.zeros, .zeros): true
        case (.data(let here), .data(let there)):
            here.rawValue + run.byteCount == there.rawValue
        default: false
        }
    }

    /// Runs and the gaps between them are what the plain look-up finds there.
    func checkContent(_ runs: [MappedRun], in range: Range<UInt64>) {
        var position = range.lowerBound
        for run in runs.prefix(maximumLookups) {
            checkGap(position..<run.guestOffset)
            checkRun(run)
            position = run.guestEnd
        }
        if runs.count <= maximumLookups { checkGap(position..<range.upperBound) }
    }

    /// Places that are kept and not read ascend, inside the range.
    func checkReserved(in range: Range<UInt64>) throws(ImageError) {
        var words = WordTable()
        var runs: [MappedRun] = []
        try image.appendReservedRuns(of: table, in: range, using: &words, to: &runs)
        var position = range.lowerBound
        for run in runs {
            require(run.guestOffset >= position, "kept places overlap")
            require(run.byteCount > 0 && run.guestEnd <= range.upperBound, "one leaves the disk")
            position = run.guestEnd
        }
        for run in runs.prefix(maximumLookups) {
            switch simple.place(of: run.guestOffset) {
            case .data, .compressed: require(false, "what is read is called unread")
            case .zeros, .nothing, .damaged: break
            }
        }
    }

    private func checkRun(_ run: MappedRun) {
        for offset in [run.guestOffset, run.guestEnd - 512] {
            let place = simple.place(of: offset)
            switch run.mapping {
            case .zeros: require(place == .zeros, "zeros are \(place) at \(offset)")
            case .data(let host):
                let expected = host.rawValue + (offset - run.guestOffset)
                require(place == .data(expected), "data at \(expected) is \(place) at \(offset)")
            case .compressed(let stream):
                let expected = SimpleImage.Place.compressed(
                    offset: stream.hostOffset.rawValue,
                    byteCount: UInt64(stream.byteCount)
                )
                require(place == expected, "\(expected) is \(place) at \(offset)")
            case .damaged(let entry):
                require(place == .damaged, "what is sound is called damaged at \(offset)")
                require(!image.error(for: entry).description.isEmpty, "nobody says why")
            }
        }
    }

    private func checkGap(_ gap: Range<UInt64>) {
        guard !gap.isEmpty else { return }
        for offset in [gap.lowerBound, gap.upperBound - 512] {
            let place = simple.place(of: offset)
            require(place == .nothing, "\(place) at \(offset) was left out")
        }
    }
}

/// The image that an input describes; nil when it is refused.
private func subject(_ input: inout FuzzInput, salvages: Bool) -> Subject? {
    let file = SparseFile(&input, path: "image")
    guard let header = try? Header(reading: file) else { return nil }
    let hasDataFile = header.incompatibleFeatures.contains(.externalDataFile)
    let clusters =
        hasDataFile
        ? SparseFile(path: "data", byteCount: header.diskBytes / 2, filling: .places) : file
    let image = QCow2Image(
        header: header,
        metadata: file,
        clusters: clusters,
        salvages: salvages
    )
    guard let table = try? image.activeTable() else { return nil }
    let tables = table.allocatedRanges.reduce(UInt64(0)) { count, _ in count + 1 }
    guard tables * header.geometry.clusterBytes <= maximumTableBytes else { return nil }
    return Subject(
        image: image,
        table: table,
        simple: SimpleImage(
            header: header,
            metadata: file,
            clusters: clusters,
            salvages: salvages
        )
    )
}

/// A whole image, or a byte and the description of a file: what its tables say, of the whole disk
/// and of a part, is in order and what a plain look-up finds.
///
/// Bit 0 of the byte asks for salvage, the others choose the part.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer's own pointer and length.
    var input = unsafe FuzzInput(start, count)
    let options = input.isWholeImage ? 0 : input.takeByte()
    guard let subject = subject(&input, salvages: options & 1 == 1) else { return 0 }
    let whole = 0..<subject.table.diskBytes
    // Sixteenths of the disk, in sectors: parts of units are asked for as well.
    let sectors = whole.upperBound / 512
    let first = sectors / 16 * UInt64(options >> 4) + UInt64(options >> 1 & 7)
    let part = min(first, sectors) * 512..<max(first, sectors - sectors / 16 * 2) * 512
    for range in [whole, part.clamped(to: whole)] where !range.isEmpty {
        do throws(ImageError) {
            let runs = try subject.runs(in: range)
            subject.checkShape(runs, in: range)
            subject.checkContent(runs, in: range)
            try subject.checkReserved(in: range)
        } catch { require(false, "a table that is there could not be read: \(error)") }
    }
    return 0
}
