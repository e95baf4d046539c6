// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ImageLayout {
    /// A layout that goes on behind an image: what it places comes beside all that the image has.
    ///
    /// Whole L2 tables are finished, since what the image had in them belongs into them too.
    package init(behind replacement: TableReplacement) {
        let header = replacement.image.header
        options = CreationOptions()
        geometry = header.geometry
        diskBytes = header.diskBytes
        startsZeroed = false
        l1 = replacement.l1
        clusters = HostClusters(
            clusterBytes: geometry.clusterBytes,
            refcountBits: 1 << Int(header.refcountOrder),
            sharesClusters: false,
            behind: replacement.endOffset / geometry.clusterBytes
        )
        l1TableOffset = clusters.take(geometry.clusters(holding: UInt64(l1.count) * 8))
    }
}

extension Geometry {
    /// The clusters that so many bytes take.
    func clusters(holding byteCount: UInt64) -> UInt64 {
        byteCount / clusterBytes + (byteCount % clusterBytes == 0 ? 0 : 1)
    }
}
