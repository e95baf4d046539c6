// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

/// What became of the clusters of a chunk, as words of a journal: from it the same places follow.
///
/// Clusters of one kind that follow each other are a run: the kind, the number of the first in the
/// chunk's slot, how many they are, and for each its own words: none, the length of its stream, or its
/// subclusters with data and those of zeros.
enum ChunkRecord {
    private enum Kind: UInt64 { case zero, data, compressed, subclusters }

    static func words(_ clusters: [(number: Int, content: ClusterContent)]) -> [UInt64] {
        var words: [UInt64] = []
        var run: (kind: Kind, next: Int, countIndex: Int)?
        for (number, content) in clusters {
            let (kind, own) = split(content)
            if let last = run, last.kind == kind, last.next == number {
                words[last.countIndex] += 1
                run?.next += 1
            } else {
                words += [kind.rawValue, UInt64(number), 1]
                run = (kind, number + 1, words.count - 1)
            }
            words += own
        }
        return words
    }

    private static func split(_ content: ClusterContent) -> (Kind, own: [UInt64]) {
        switch content {
        case .zero: (.zero, [])
        case .data: (.data, [])
        case .compressed(let stream): (.compressed, [UInt64(stream.count)])
        case .subclusters(let data, let zeros): (.subclusters, [UInt64(data), UInt64(zeros)])
        }
    }

    /// The clusters of a record; nil when it has what no chunk of so many clusters can have.
    static func clusters(
        _ words: [UInt64],
        limit: UInt64,
        _ geometry: Geometry
    ) -> [(number: Int, content: ClusterContent)]? {
        var clusters: [(number: Int, content: ClusterContent)] = []
        var rest = words[...]
        var next: UInt64 = 0
        while let rawKind = rest.popFirst() {
            guard let kind = Kind(rawValue: rawKind), let first = rest.popFirst(),
                let count = rest.popFirst(), first >= next, first < limit, count <= limit - first
            else { return nil }
            next = first + count
            for number in first..<next {
                guard let content = content(kind, &rest, geometry) else { return nil }
                clusters.append((Int(number), content))
            }
        }
        return clusters
    }

    private static func content(
        _ kind: Kind,
        _ rest: inout ArraySlice<UInt64>,
        _ geometry: Geometry
    ) -> ClusterContent? {
        switch kind {
        case .zero: return .zero
        case .data: return .data
        case .compressed:
            guard let count = rest.popFirst(), (1..<geometry.clusterBytes).contains(count) else {
                return nil
            }
            return .compressed(0..<Int(count))
        case .subclusters:
            guard geometry.hasExtendedL2,
                let data = rest.popFirst().flatMap(UInt32.init(exactly:)),
                let zeros = rest.popFirst().flatMap(UInt32.init(exactly:)), data & zeros == 0
            else { return nil }
            return .subclusters(data: data, zeros: zeros)
        }
    }
}
