// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension ChainRecipe {
    /// Makes the chain's images in a directory that holds no other chain.
    public func build(in directory: TemporaryDirectory) throws -> BuiltChain {
        for layer in layers {
            try LayerBuilder(recipe: layer, seed: seed, directory: directory)
                .build(over: layer.index == 0 ? nil : layers[layer.index - 1])
        }
        let paths = layers.map { directory.path($0.path) }
        return BuiltChain(
            recipe: self,
            layers: paths,
            formats: layers.map(\.format),
            topPath: paths[layers.count - 1],
            topFormat: layers[layers.count - 1].format,
            snapshotName: layers[layers.count - 1].snapshot
        )
    }
}

/// Makes one layer.
private struct LayerBuilder {
    let recipe: LayerRecipe
    let seed: UInt64
    let directory: TemporaryDirectory

    private var path: String { directory.path(recipe.path) }
    private var options: [String] { [recipe.options.list(dataFile: path + ".data")] }

    func build(over below: LayerRecipe?) throws {
        try FileManager.default.createDirectory(
            atPath: directory.path(recipe.folder),
            withIntermediateDirectories: true
        )
        try writeContents()
        switch recipe.origin {
        case .raw: try makeRaw(path)
        case .created: try create(over: below)
        case .compressedCopy: try copyCompressed()
        }
        if let name = recipe.snapshot { try QemuImg.snapshot(name, of: path) }
        try perform(recipe.lateOperations, on: path, format: recipe.format)
    }

    private func makeRaw(_ path: String) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: UInt64(recipe.initialSize))
        try perform(recipe.operations, on: path, format: "raw")
    }

    private func create(over below: LayerRecipe?) throws {
        let name = below.flatMap {
            recipe.backing?.name(of: $0, from: recipe.folder, root: directory.path)
        }
        try QemuImg.create(
            path,
            size: recipe.initialSize,
            options: options,
            backing: name,
            backingFormat: below?.format ?? "qcow2"
        )
        if recipe.backing?.recordsFormat == false { try removeBackingFormat(fromImage: path) }
        try perform(recipe.operations, on: path, format: "qcow2")
    }

    private func copyCompressed() throws {
        let source = directory.path("source.raw")
        try makeRaw(source)
        try QemuImg.convert(
            source,
            from: "raw",
            to: path,
            format: "qcow2",
            compressed: true,
            options: options
        )
        try FileManager.default.removeItem(atPath: source)
    }

    private func perform(
        _ operations: [LayerOperation],
        on image: String,
        format: String
    ) throws {
        guard !operations.isEmpty else { return }
        // In the directory, because qemu-io takes a space for the end of a file's name.
        try QemuImg.io(
            image,
            operations.map { $0.command(layer: recipe.index) },
            format: format,
            in: directory.path
        )
    }

    /// Writes the files that the layer's writes take their bytes from.
    private func writeContents() throws {
        let contents = (recipe.operations + recipe.lateOperations).compactMap(\.content)
        for content in [LayerOperation.Content.text, .noise] where contents.contains(content) {
            guard let name = content.file(layer: recipe.index) else { continue }
            var random = SeededGenerator(seed: seed &* 64 &+ UInt64(recipe.index))
            let bytes = random.bytes(33_331, mask: content == .text ? 0x4f : 0xff)
            try bytes.write(to: URL(fileURLWithPath: directory.path(name)))
        }
    }
}
