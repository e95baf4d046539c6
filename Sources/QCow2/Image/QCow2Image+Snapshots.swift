// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension QCow2Image {
    /// The parts of a snapshot table entry before its extra data.
    private static let fixedSnapshotBytes: UInt64 = 40
    /// QEMU refuses entries with more extra data.
    private static let maximumExtraBytes: UInt32 = 1024
    /// QEMU refuses larger snapshot tables.
    private static let maximumSnapshotTableBytes: UInt64 = 64 << 20

    /// All internal snapshots, in the table's order.
    ///
    /// - Throws: `ImageError` naming the entry that is damaged.
    package func snapshots() throws(ImageError) -> [Snapshot] {
        var snapshots: [Snapshot] = []
        try forEachSnapshot { snapshots.append($0) }
        return snapshots
    }

    /// The entries of the snapshot table, whose L1 tables may be anywhere, and the table's length in
    /// bytes.
    func snapshotTable() throws(ImageError) -> (snapshots: [Snapshot], byteCount: UInt64) {
        var snapshots: [Snapshot] = []
        let byteCount = try walkSnapshots { snapshot, _ in snapshots.append(snapshot) }
        return (snapshots, byteCount)
    }

    /// The snapshot that a user names, by its id or else by its name.
    package func snapshot(named name: String) throws(ImageError) -> Snapshot? {
        var (byID, byName): (Snapshot?, Snapshot?)
        try forEachSnapshot { snapshot in
            if byID == nil, snapshot.id == name { byID = snapshot }
            if byName == nil, snapshot.name == name { byName = snapshot }
        }
        return byID ?? byName
    }

    /// Calls `body` with each snapshot in the table's order, and keeps none: a table may be large.
    package func forEachSnapshot(_ body: (Snapshot) -> Void) throws(ImageError) {
        _ = try walkSnapshots { (snapshot, index) throws(ImageError) in
            try check(snapshot, index)
            body(snapshot)
        }
    }

    /// Reads the entries one by one.
    ///
    /// - Returns: the table's length in bytes.
    private func walkSnapshots(
        _ body: (Snapshot, Int) throws(ImageError) -> Void
    ) throws(ImageError) -> UInt64 {
        var offset = header.snapshotTableOffset
        for index in 0..<header.snapshotCount {
            let (snapshot, end) = try snapshot(index, at: offset)
            try body(snapshot, Int(index))
            offset = end
            guard offset - header.snapshotTableOffset <= QCow2Image.maximumSnapshotTableBytes else {
                throw .format(
                    FormatError(.overLimit, path, at: offset, "the snapshot table exceeds 64 MiB")
                )
            }
        }
        return offset - header.snapshotTableOffset
    }

    /// Reads one entry and finds where the next begins.
    private func snapshot(
        _ index: UInt32,
        at offset: UInt64
    ) throws(ImageError) -> (Snapshot, UInt64) {
        let fixed = try tableBytes(at: offset, QCow2Image.fixedSnapshotBytes, index)
        let extraBytes = fixed.bigEndian(UInt32.self, at: 36)
        guard extraBytes <= QCow2Image.maximumExtraBytes else {
            throw damaged(
                offset + 36,
                "snapshot \(index) has \(extraBytes) bytes of extra data: 1024 is the limit"
            )
        }
        let (idBytes, nameBytes) = (
            Int(fixed.bigEndian(UInt16.self, at: 12)), Int(fixed.bigEndian(UInt16.self, at: 14))
        )
        let restBytes = UInt64(extraBytes) + UInt64(idBytes + nameBytes)
        let rest = try tableBytes(
            at: offset + QCow2Image.fixedSnapshotBytes,
            restBytes,
            index
        )
        let extra = Array(rest.prefix(Int(extraBytes)))
        let names = Int(extraBytes)
        let snapshot = Snapshot(
            id: rest.text(names..<(names + idBytes)),
            name: rest.text((names + idBytes)..<(names + idBytes + nameBytes)),
            seconds: fixed.bigEndian(UInt32.self, at: 16),
            nanoseconds: fixed.bigEndian(UInt32.self, at: 20),
            clockNanoseconds: fixed.bigEndian(UInt64.self, at: 24),
            instructionCount: instructionCount(extra),
            vmStateBytes: extra.count >= 8
                ? extra.bigEndian(UInt64.self, at: 0)
                : UInt64(fixed.bigEndian(UInt32.self, at: 32)),
            diskBytes: extra.count >= 16
                ? extra.bigEndian(UInt64.self, at: 8) : header.virtualSize,
            l1TableOffset: fixed.bigEndian(UInt64.self, at: 0),
            l1Entries: fixed.bigEndian(UInt32.self, at: 8),
            extraBytes: extraBytes,
            entryOffset: offset
        )
        return (snapshot, offset + (QCow2Image.fixedSnapshotBytes + restBytes + 7) / 8 * 8)
    }

    /// Version 3 writes all ones where it is not recorded.
    private func instructionCount(_ extra: [UInt8]) -> UInt64? {
        guard extra.count >= 24 else { return nil }
        let count = extra.bigEndian(UInt64.self, at: 16)
        return count == UInt64.max ? nil : count
    }

    private func check(_ snapshot: Snapshot, _ index: Int) throws(ImageError) {
        let offset = snapshot.entryOffset
        let needed = geometry.l1Entries(forDiskOf: snapshot.diskBytes)
        guard snapshot.l1Entries <= Header.maximumL1Entries,
            UInt64(snapshot.l1Entries) >= needed
        else {
            throw damaged(
                offset + 8,
                "snapshot \(index) has \(snapshot.l1Entries) L1 entries: its disk of "
                    + "\(snapshot.diskBytes) bytes needs \(needed)"
            )
        }
        let bytes = UInt64(snapshot.l1Entries) * 8
        guard geometry.isAligned(snapshot.l1TableOffset),
            snapshot.l1TableOffset <= metadata.byteCount,
            bytes <= metadata.byteCount - snapshot.l1TableOffset
        else {
            throw damaged(
                offset,
                "snapshot \(index)'s L1 table at \(hex(snapshot.l1TableOffset)) is not "
                    + "cluster-aligned or lies beyond the end of the file"
            )
        }
    }

    private func tableBytes(
        at offset: UInt64,
        _ count: UInt64,
        _ index: UInt32
    ) throws(ImageError) -> [UInt8] {
        guard offset <= metadata.byteCount, count <= metadata.byteCount - offset else {
            throw damaged(
                offset,
                "snapshot \(index)'s entry passes the end of the file at "
                    + hex(metadata.byteCount)
            )
        }
        return try reading { () throws(IOError) in
            try metadata.bytes(at: offset, count: Int(count))
        }
    }
}
