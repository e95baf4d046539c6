// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ChainDraft {
    /// Draws a layer's operations; `options` is nil for a raw file.
    mutating func operations(
        size: Int,
        resizedTo end: Int? = nil,
        options: ImageOptions?
    ) -> [LayerOperation] {
        let mayCompress = options?.allowsCompression ?? false
        let compressed = mayCompress && random.chance(35)
        var list = compressed ? compressedWrites(size: size, options: options) : []
        list += plainOperations(size: size, options: options)
        guard let end, end != size else { return list }
        return list + [.resize(end)] + plainOperations(size: end, options: options)
    }

    /// Draws anything but compressed writes and resizes.
    mutating func plainOperations(size: Int, options: ImageOptions?) -> [LayerOperation] {
        let most = (options?.clusterBits ?? 16) > 18 ? 4 : 9
        let cluster = options?.clusterSize ?? 4096
        return (0..<random.int(in: 0...most)).map { _ in operation(size: size, cluster: cluster) }
    }

    private mutating func operation(size: Int, cluster: Int) -> LayerOperation {
        let small = range(size: size, cluster: cluster, limit: 1 << 19)
        let large = range(size: size, cluster: cluster, limit: 1 << 22)
        return random.pick(weighted: [
            .write(.pattern(pattern()), small): 38,
            .write(.noise, small): 15,
            .write(.text, small): 10,
            .zero(large, unmap: false): 13,
            .zero(large, unmap: true): 11,
            .discard(large): 13,
        ])
    }

    /// Draws writes of whole clusters, each cluster at most once and before any other write:
    /// qemu compresses nothing over a cluster that is allocated.
    private mutating func compressedWrites(size: Int, options: ImageOptions?) -> [LayerOperation] {
        let cluster = options?.clusterSize ?? 4096
        var ranges: [Range<Int>] = []
        for _ in 0..<random.int(in: 1...(cluster > 1 << 18 ? 1 : 4)) {
            let range = clusters(size, cluster)
            if !ranges.contains(where: range.overlaps) { ranges.append(range) }
        }
        return ranges.map { .compress(compressedContent(), $0) }
    }

    private mutating func compressedContent() -> LayerOperation.Content {
        random.pick(weighted: [.text: 55, .pattern(pattern()): 30, .noise: 15])
    }

    /// One byte; zero too, which is data that reads as zeros.
    private mutating func pattern() -> UInt8 {
        random.chance(8) ? 0 : UInt8(random.int(in: 1...255))
    }

    private mutating func clusters(_ size: Int, _ cluster: Int) -> Range<Int> {
        let start = place(size) / cluster * cluster
        let count = random.int(in: 1...max(1, min(40, (1 << 19) / cluster)))
        return start..<min(size, start + count * cluster)
    }

    private mutating func range(size: Int, cluster: Int, limit: Int) -> Range<Int> {
        let unit = random.pick(weighted: [1: 6, 512: 34, 4096: 25, cluster: 35])
        let most = random.pick(weighted: [1: 25, 8: 40, 64: 25, 1000: 10])
        let start = place(size) / unit * unit
        let length = unit * random.int(in: 1...max(1, min(most, limit / unit)))
        return start..<min(size, start + length)
    }

    /// Draws an offset on the disk: anywhere, or about a hotspot.
    private mutating func place(_ size: Int) -> Int {
        guard random.chance(75) else { return random.int(in: 0...size - 1) }
        let reach = random.pick(weighted: [512: 20, 1 << 16: 30, 1 << 20: 50])
        let centre = random.pick(hotspots.filter { $0 <= size } + [0, size])
        return min(max(0, centre + random.int(in: -reach...reach)), size - 1)
    }
}
