// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// Asks an image's layout for the places of one chunk's clusters and collects what to write where.
struct ClusterPlacing {
    /// A part of a buffer and the place in the file where it goes.
    struct Run: Hashable {
        var range: Range<Int>
        let hostOffset: UInt64
    }

    private let zeroClusters: QCow2Writer.ZeroClusters
    private let clusterBytes: Int
    /// Parts of the chunk's bytes.
    private(set) var dataRuns: [Run] = []
    /// Parts of the chunk's streams.
    private(set) var streamRuns: [Run] = []
    /// Places of clusters without data.
    private(set) var reserved: [ImageLayout.Placement] = []

    init(_ zeroClusters: QCow2Writer.ZeroClusters, clusterBytes: Int) {
        self.zeroClusters = zeroClusters
        self.clusterBytes = clusterBytes
    }

    /// Places one cluster, which has a number in the chunk's slot and one in the disk.
    mutating func place(
        _ content: ClusterContent,
        _ number: Int,
        cluster: UInt64,
        in layout: inout ImageLayout
    ) {
        let start = number * clusterBytes
        switch content {
        case .zero:
            placeZeros(cluster..<(cluster + 1), in: &layout)
        case .data:
            for placement in layout.place(cluster..<(cluster + 1)) {
                dataRuns.append(joining: start..<(start + clusterBytes), placement.hostOffset)
            }
        case .compressed(let stream):
            let host = layout.placeCompressed(cluster, byteCount: stream.count)
            streamRuns.append(joining: stream, host)
        case .subclusters(let data, let zeros):
            place(data: data, zeros: zeros, start, cluster, in: &layout)
        }
    }

    /// Places clusters that read as zeros.
    mutating func placeZeros(_ clusters: Range<UInt64>, in layout: inout ImageLayout) {
        switch zeroClusters {
        case .absent: break
        case .marked: layout.markZero(clusters)
        case .allocated: reserved += layout.place(clusters)
        }
    }

    private mutating func place(
        data: UInt32,
        zeros: UInt32,
        _ start: Int,
        _ cluster: UInt64,
        in layout: inout ImageLayout
    ) {
        switch zeroClusters {
        case .absent where data == 0: return
        case .marked where data == 0:
            layout.markZero(cluster..<(cluster + 1), subclusters: zeros)
        case .absent, .marked:
            let zeros = zeroClusters == .marked ? zeros : 0
            let placement = layout.place(
                cluster,
                dataSubclusters: data,
                zeroSubclusters: zeros
            )
            appendSubclusters(data, start, placement)
        case .allocated:
            let placements = layout.place(cluster..<(cluster + 1))
            if data != UInt32.max { reserved += placements }
            for placement in placements { appendSubclusters(data, start, placement) }
        }
    }

    private mutating func appendSubclusters(
        _ data: UInt32,
        _ start: Int,
        _ placement: ImageLayout.Placement
    ) {
        let step = clusterBytes / Geometry.subclustersPerCluster
        for number in 0..<Geometry.subclustersPerCluster where data >> UInt32(number) & 1 == 1 {
            let offset = number * step
            dataRuns.append(
                joining: (start + offset)..<(start + offset + step),
                placement.hostOffset.advanced(by: UInt64(offset))
            )
        }
    }
}

extension [ClusterPlacing.Run] {
    /// Appends a part, joined to the last one where both the bytes and the place continue it.
    fileprivate mutating func append(joining range: Range<Int>, _ hostOffset: HostOffset) {
        if let last, last.range.upperBound == range.lowerBound,
            last.hostOffset + UInt64(last.range.count) == hostOffset.rawValue
        {
            self[count - 1].range = last.range.lowerBound..<range.upperBound
        } else {
            append(ClusterPlacing.Run(range: range, hostOffset: hostOffset.rawValue))
        }
    }
}
