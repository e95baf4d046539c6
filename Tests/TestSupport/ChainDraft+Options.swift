// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ChainDraft {
    /// Draws creation options that agree with each other.
    mutating func options(isBase: Bool, size: Int) -> ImageOptions {
        var options = ImageOptions()
        options.clusterBits = max(clusterBits(), isHuge ? 14 : 9)
        options.isOld = random.chance(18)
        if !options.isOld { drawNewOptions(&options, isBase: isBase) }
        let mayPreallocate = (isBase || options.extendedL2) && !isHuge
        options.preallocation = mayPreallocate && random.chance(isBase ? 25 : 15)
        if options.preallocation || options.dataFile == .raw {
            // With smaller clusters, qemu writes and syncs its many tables for seconds.
            options.clusterBits = max(options.clusterBits, 12)
        }
        return options
    }

    /// Draws what only version 3 has.
    private mutating func drawNewOptions(_ options: inout ImageOptions, isBase: Bool) {
        options.refcountBits = random.pick(weighted: [
            16: 45, 1: 8, 2: 8, 4: 8, 8: 8, 32: 8, 64: 15,
        ])
        options.extendedL2 = options.clusterBits >= 14 && random.chance(35)
        options.lazyRefcounts = random.chance(15)
        options.zstd = random.chance(40)
        if random.chance(isBase ? 25 : 10) {
            options.dataFile = isBase && random.chance(60) ? .raw : .plain
        }
    }

    private mutating func clusterBits() -> Int {
        random.pick(weighted: [
            9: 12, 10: 5, 11: 5, 12: 15, 13: 5, 14: 12, 15: 6, 16: 22, 17: 4, 18: 4, 19: 3, 20: 3,
            21: 5,
        ])
    }

    /// Draws the size of a base.
    mutating func baseSize() -> Int {
        if isHuge { return rounded(random.int(in: (1 << 30)...(5 << 30))) }
        return rounded(
            random.pick(weighted: [
                random.int(in: 512...(1 << 16)): 6,
                random.int(in: (1 << 20)...(8 << 20)): 56,
                random.int(in: (8 << 20)...(48 << 20)): 38,
            ])
        )
    }

    /// Draws the size of an overlay: mostly that of the layer below.
    mutating func overlaySize(over below: Int) -> Int {
        let same = max(512, below / 512 * 512)
        return random.pick(weighted: [same: 62, otherSize(than: same): 38])
    }

    /// Draws the size after the layer's resize, if there is one.
    mutating func resized(_ size: Int, _ options: ImageOptions) -> Int {
        guard random.chance(20) else { return size }
        // Version 2 has no zero clusters to hide what a longer backing file holds there.
        return options.isOld ? smallerSize(than: size) : otherSize(than: size)
    }

    private mutating func otherSize(than size: Int) -> Int {
        guard random.chance(50) else { return smallerSize(than: size) }
        return rounded(size + random.int(in: 512...min(max(1 << 16, size / 2), 1 << 25)))
    }

    private mutating func smallerSize(than size: Int) -> Int {
        rounded(size - random.int(in: 0...size / random.pick(weighted: [16: 80, 2: 20])))
    }

    private mutating func rounded(_ size: Int) -> Int {
        let unit = random.pick(weighted: [1 << 20: 40, 1 << 16: 15, 1 << 12: 10, 512: 35])
        return size < unit ? max(512, size / 512 * 512) : size / unit * unit
    }
}
