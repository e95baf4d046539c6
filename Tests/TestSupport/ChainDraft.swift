// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The state of drawing a chain: each layer depends on those below it.
struct ChainDraft {
    var random: SeededGenerator

    /// Whether the disk has gigabytes, nearly all of them empty.
    let isHuge: Bool

    /// Places that several layers write to, so that their data overlaps.
    var hotspots: [Int] = []

    private var layers: [LayerRecipe] = []

    static func layers(seed: UInt64) -> [LayerRecipe] {
        var draft = ChainDraft(seed: seed)
        let count = draft.random.int(in: 1...12)
        while draft.layers.count < count { draft.addLayer() }
        return draft.layers
    }

    private init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        isHuge = random.chance(7)
    }

    private mutating func addLayer() {
        let below = layers.last
        let size = below.map { overlaySize(over: $0.size) } ?? baseSize()
        let isRaw = below == nil && random.chance(30)
        if below == nil { hotspots = (0..<4).map { _ in random.int(in: 0...size) } }
        let layer = isRaw ? rawBase(size: size) : image(size: size, over: below)
        if !hotspots.contains(layer.size) { hotspots.append(layer.size) }
        layers.append(layer)
    }

    private mutating func rawBase(size: Int) -> LayerRecipe {
        let size = size + (random.chance(40) ? random.int(in: 1...511) : 0)
        return LayerRecipe(
            index: 0,
            path: path(index: 0, suffix: "raw"),
            origin: .raw,
            options: ImageOptions(),
            initialSize: size,
            size: size,
            backing: nil,
            operations: operations(size: size, options: nil),
            snapshot: nil,
            lateOperations: []
        )
    }

    private mutating func image(size: Int, over below: LayerRecipe?) -> LayerRecipe {
        let options = options(isBase: below == nil, size: size)
        let isCopy = below == nil && options.allowsCompression && random.chance(35)
        let end = isCopy || options.dataFile == .raw ? size : resized(size, options)
        let operations = operations(
            size: size,
            resizedTo: end,
            options: isCopy ? nil : options
        )
        let isCompressed = isCopy || operations.contains(where: \.isCompressed)
        let isFrozen = options.allowsSnapshot(afterCompression: isCompressed) && random.chance(16)
        let isLate = isFrozen || (isCopy && random.chance(50))
        return LayerRecipe(
            index: layers.count,
            path: path(index: layers.count, suffix: "qcow2"),
            origin: isCopy ? .compressedCopy : .created,
            options: options,
            initialSize: size,
            size: end,
            backing: below == nil ? nil : reference(),
            operations: operations,
            snapshot: isFrozen ? random.pick(["before", "7", "état initial"]) : nil,
            lateOperations: isLate ? plainOperations(size: end, options: options) : []
        )
    }

    private mutating func path(index: Int, suffix: String) -> String {
        let folder = random.pick(weighted: ["": 60, "sub/": 20, "sub/deep/": 10, "other/": 10])
        let separator = random.pick(weighted: ["": 80, " ": 8, ":": 6, "é": 6])
        return "\(folder)layer\(separator)\(index).\(suffix)"
    }

    private mutating func reference() -> BackingReference {
        BackingReference(
            style: random.pick(weighted: [
                .relative: 40, .dotted: 8, .absolute: 18, .file: 12, .json: 16, .flatJSON: 6,
            ]),
            recordsFormat: random.chance(88)
        )
    }
}
