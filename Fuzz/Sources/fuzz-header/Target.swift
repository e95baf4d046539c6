// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import FuzzSupport
internal import QCow2

/// More snapshots, and tables of more of them, show nothing more, but take time.
private let maximumSnapshots: UInt32 = 2048
private let maximumTables = 8
/// Larger refcount blocks show nothing more either.
private let maximumBlockBytes: UInt64 = 64 << 10

/// A header that was accepted keeps every limit that the rest of the program counts on.
private func check(_ header: Header, _ file: SparseFile) {
    let clusterBits = header.geometry.clusterBits
    require((9...21).contains(clusterBits), "2^\(clusterBits) bytes are no cluster")
    require(header.version == 2 || header.version == 3, "version \(header.version)")
    require(header.l1Entries <= 4 << 20, "\(header.l1Entries) L1 entries")
    require(header.l1TableOffset % (1 << UInt64(clusterBits)) == 0, "an unaligned L1 table")
    let l1Bytes = UInt64(header.l1Entries) * 8
    require(header.l1TableOffset <= file.byteCount, "an L1 table beyond the end")
    require(l1Bytes <= file.byteCount - header.l1TableOffset, "an L1 table through the end")
    let described = header.geometry.bytesPerL2Table.multipliedReportingOverflow(
        by: UInt64(header.l1Entries)
    )
    require(!described.overflow, "a disk of more than 2^64 bytes")
    require(header.virtualSize <= described.partialValue, "a disk that its L1 table does not reach")
    require(header.diskBytes % 512 == 0 && header.diskBytes <= header.virtualSize, "half a sector")
    require((header.backingName ?? "a").utf8.count <= 3 * 1023, "a backing name beyond its limit")
    require(header.snapshotCount <= 65_536, "\(header.snapshotCount) snapshots")
}

/// A table's ranges ascend and end where its disk does.
private func check(_ table: L1Table, _ header: Header) {
    var position: UInt64 = 0
    for range in table.allocatedRanges {
        require(range.lowerBound >= position && !range.isEmpty, "ranges out of order")
        require(range.lowerBound % header.geometry.bytesPerL2Table == 0, "half a table")
        position = range.upperBound
    }
    require(position <= table.diskBytes, "a range beyond the end of the disk")
    require(table.lostBytes <= table.diskBytes, "more was lost than there was")
}

private func readTables(of image: QCow2Image) throws(ImageError) {
    check(try image.activeTable(), image.header)
    guard image.header.snapshotCount <= maximumSnapshots else { return }
    let snapshots = try image.snapshots()
    require(snapshots.count == Int(image.header.snapshotCount), "a snapshot is missing")
    if let first = snapshots.first {
        require(try image.snapshot(named: first.id)?.id == first.id, "it is not found by its id")
    }
    for snapshot in snapshots.prefix(maximumTables) {
        let table = try image.table(of: snapshot)
        require(table.diskBytes <= snapshot.diskBytes, "a snapshot's disk has grown")
        check(table, image.header)
    }
}

/// What is told of an image and not needed to read it.
private func readDetails(of image: QCow2Image) throws(ImageError) {
    let bitmaps = try image.persistentBitmaps()
    let promised = image.header.extensions.bitmaps?.count ?? 0
    require(bitmaps.count == Int(promised), "\(bitmaps.count) bitmaps instead of \(promised)")
    require(try image.luksHeader()?.slots.count ?? 8 == 8, "a LUKS header without its slots")
    if image.geometry.clusterBytes <= maximumBlockBytes { _ = try image.isPreallocated() }
}

/// A whole image, or a byte of which bit 0 asks for salvage and the description of a file: its
/// header, extensions, snapshots, L1 tables, bitmaps, LUKS header and refcounts are read, or refused
/// with a sentence.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer's own pointer and length.
    var input = unsafe FuzzInput(start, count)
    let salvages = !input.isWholeImage && input.takeByte() & 1 == 1
    let file = SparseFile(&input, path: "image")
    do throws(ImageError) {
        let header = try Header(reading: file, acceptsEncryption: true)
        check(header, file)
        let image = QCow2Image(
            header: header,
            metadata: file,
            clusters: file,
            salvages: salvages
        )
        try readTables(of: image)
        try readDetails(of: image)
    } catch {
        require(error.description.hasPrefix("image: "), "an error that names no file: \(error)")
    }
    return 0
}
