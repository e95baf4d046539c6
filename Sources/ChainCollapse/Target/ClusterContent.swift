// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// What becomes of one cluster of a chunk in a qcow2 target.
enum ClusterContent: Hashable {
    /// It reads as zeros.
    case zero
    /// It is written as it is.
    case data
    /// This part of the chunk's streams is written instead.
    case compressed(Range<Int>)
    /// Of its subclusters these have data; those of the others that the chunk covers are zero.
    case subclusters(data: UInt32, zeros: UInt32)
}

extension ClusterContent {
    /// Looks at the covered part of a cluster, which consists of whole subclusters.
    init(_ bytes: IOBuffer, clusterStart cluster: Int, covered: Range<Int>, _ geometry: Geometry) {
        guard geometry.hasExtendedL2 else {
            self = bytes.isZero(covered) ? .zero : .data
            return
        }
        let step = Int(geometry.subclusterBytes)
        var (data, zeros): (UInt32, UInt32) = (0, 0)
        for start in stride(from: covered.lowerBound, to: covered.upperBound, by: step) {
            let bit: UInt32 = 1 << UInt32((start - cluster) / step)
            if bytes.isZero(start..<(start + step)) { zeros |= bit } else { data |= bit }
        }
        self = .subclusters(data: data, zeros: zeros)
    }

    /// What two parts of one cluster make together.
    func joined(with other: ClusterContent) -> ClusterContent {
        guard case .subclusters(let data, let zeros) = self,
            case .subclusters(let moreData, let moreZeros) = other
        else { preconditionFailure("only subclusters are looked at in parts") }
        return .subclusters(data: data | moreData, zeros: zeros | moreZeros)
    }

    /// True when some byte is not zero.
    var hasData: Bool {
        switch self {
        case .zero: false
        case .data, .compressed: true
        case .subclusters(let data, _): data != 0
        }
    }
}
