// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Where the stream of a compressed cluster lies in the host file.
package struct CompressedRun: Hashable, Sendable {
    /// Where the stream begins; not aligned to anything.
    package let hostOffset: HostOffset
    /// How far it may reach: up to the end of its last 512-byte sector.
    ///
    /// The stream ends earlier, and the range may pass the end of the file.
    package let byteCount: Int

    package init(hostOffset: HostOffset, byteCount: Int) {
        self.hostOffset = hostOffset
        self.byteCount = byteCount
    }

    /// Decodes a compressed L2 entry: section "Compressed Clusters Descriptor".
    ///
    ///     bit  0 .. x-1   host offset in bytes, x = 62 - (cluster bits - 8)
    ///     bit  x .. 61    512-byte sectors that follow the one it begins in
    init(entry word: UInt64, _ geometry: Geometry) {
        let offsetBits = 62 - (geometry.clusterBits - 8)
        let offset = word & BitField(0...(offsetBits - 1)).mask
        let sectors = (word & BitField(offsetBits...61).mask) >> UInt64(offsetBits)
        hostOffset = HostOffset(offset)
        byteCount = Int((sectors + 1) * 512 - offset % 512)
    }

    /// The L2 entry that says this; nil when the run cannot be described with these clusters.
    func entry(_ geometry: Geometry) -> UInt64? {
        let offsetBits = 62 - (geometry.clusterBits - 8)
        let last = hostOffset.rawValue % 512 + UInt64(byteCount) - 1
        guard hostOffset.rawValue >> UInt64(offsetBits) == 0,
            last / 512 < 1 << UInt64(62 - offsetBits)
        else { return nil }
        return L2Entry.compressed.mask | (last / 512) << UInt64(offsetBits) | hostOffset.rawValue
    }
}
