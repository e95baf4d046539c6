// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension ChainRecipe {
    /// The names of what the chain exercises, to prove that a set of chains leaves nothing out.
    public var features: Set<String> {
        layers.reduce(into: layerSteps) { $0.formUnion($1.features) }
    }

    /// What appears between neighbours and in the whole.
    private var layerSteps: Set<String> {
        let sizes = layers.map(\.size)
        var names: Set = ["\(layers.count) layers"]
        for (below, overlay) in zip(layers, layers.dropFirst()) {
            if overlay.size > below.size { names.insert("longer overlay") }
            if overlay.size < below.size { names.insert("shorter overlay") }
            if overlay.folder != below.folder { names.insert("backing in another directory") }
        }
        for middle in sizes.indices.dropFirst().dropLast()
        where sizes[middle] < min(sizes[middle - 1], sizes[middle + 1]) {
            names.insert("short middle layer")
        }
        if layers.last?.snapshot != nil { names.insert("snapshot of the top") }
        if sizes.contains(where: { $0 >= 1 << 30 }) { names.insert("gigabytes") }
        return names
    }
}

extension LayerRecipe {
    /// The names of what the layer exercises.
    var features: Set<String> {
        let names = [
            "raw base": origin == .raw,
            "unaligned raw base": size % 512 != 0,
            "compressed base, \(options.zstd ? "zstd" : "deflate")": origin == .compressedCopy,
            "snapshot": snapshot != nil,
            "growing": size > initialSize,
            "shrinking": size < initialSize,
            "size within a cluster": origin != .raw && size % options.clusterSize != 0,
            "missing backing format": backing?.recordsFormat == false,
            "backing \(backing?.style.rawValue ?? "")": backing != nil,
            "unusual name": path.contains { " :é".contains($0) },
        ]
        let own = Set(names.filter(\.value).keys)
        let options = origin == .raw ? [] : options.features(isOverlay: backing != nil)
        let kind = self.options.zstd ? "zstd" : "deflate"
        let done = (operations + lateOperations).map { $0.feature(compression: kind) }
        return own.union(options).union(done)
    }
}

extension ImageOptions {
    fileprivate func features(isOverlay: Bool) -> Set<String> {
        let names = [
            "compat \(isOld ? "0.10" : "1.1")": true,
            "cluster_size \(clusterSize)": true,
            "refcount_bits \(refcountBits)": true,
            "extended_l2": extendedL2,
            "lazy_refcounts": lazyRefcounts,
            "preallocation": preallocation,
            "preallocation over a backing file": preallocation && isOverlay,
            "data file": dataFile == .plain,
            "raw data file": dataFile == .raw,
        ]
        return Set(names.filter(\.value).keys)
    }
}

extension LayerOperation {
    fileprivate func feature(compression: String) -> String {
        switch self {
        case .write(.pattern, _): "pattern"
        case .write(.text, _): "text"
        case .write(.noise, _): "noise"
        case .compress: "compressed writes, \(compression)"
        case .zero(_, let unmap): unmap ? "unmapped zeros" : "zeros"
        case .discard: "discard"
        case .resize: "resize"
        }
    }
}
