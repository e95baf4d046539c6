// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import QCow2
import TestSupport
import Testing

/// Random chains, each made from its seed by qemu-img and qemu-io, collapsed in every way and judged
/// by qemu-img.
@Suite("A matrix of generated chains")
struct CollapseMatrixTests {
    static let seeds: ClosedRange<UInt64> = 1...160

    @Test("a chain collapses to what qemu-img reads", arguments: seeds)
    func collapse(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        let expected = directory.path("expected.raw")
        try QemuImg.convert(
            chain.topPath,
            from: chain.topFormat,
            to: expected,
            snapshot: chain.snapshotName
        )
        let trial = Trial(chain: chain, expected: expected, directory: directory)
        try await trial.collapseToRaw()
        try await trial.collapseToQCow2()
        try await trial.collapseAboveBase()
    }

    @Test("the matrix has every feature that chains can have")
    func coverage() {
        let features = Self.seeds.reduce(into: Set<String>()) {
            $0.formUnion(ChainRecipe(seed: $1).features)
        }
        let all = (1...400 as ClosedRange<UInt64>).reduce(into: Set<String>()) {
            $0.formUnion(ChainRecipe(seed: $1).features)
        }
        #expect(features.count >= 40)
        #expect(all.subtracting(features) == [])
    }
}

/// One chain and what it must collapse to.
private struct Trial {
    let chain: BuiltChain
    let expected: String
    let directory: TemporaryDirectory

    private func source(base: String? = nil) -> CollapseSource {
        CollapseSource(
            path: chain.topPath,
            format: ImageFormat(rawValue: chain.topFormat),
            snapshot: chain.snapshotName,
            base: base,
            allowedBacking: .within([directory.path]),
            // Some overlays of the matrix record no format.
            trustsProbedFormats: true
        )
    }

    /// Collapses with one worker and with several; both must make the same bytes.
    private func collapse(
        _ name: String,
        _ format: CollapseTarget.Format,
        base: String? = nil
    ) async throws -> String {
        var paths: [String] = []
        for threads in [1, 3] {
            let path = directory.path("\(name)-\(threads)")
            var options = CollapseOptions()
            options.threads = threads
            options.durability = .unflushed
            let target = CollapseTarget(path: path, format: format)
            let collapse = Collapse(source: source(base: base), target: target, options: options)
            let report = try await collapse.run()
            #expect(report.lostBytes == 0)
            paths.append(path)
        }
        #expect(
            try filesAreEqual(paths[0], paths[1]),
            "\(name): one worker and three differ\n\(chain.recipe)"
        )
        return paths[0]
    }

    func collapseToRaw() async throws {
        let result = try await collapse("flat.raw", .raw())
        #expect(try filesAreEqual(expected, result), "\(chain.recipe)")
    }

    func collapseToQCow2() async throws {
        let (creation, format) = randomOptions()
        let result = try await collapse("flat.qcow2", .qcow2(creation, format))
        try judge(result, "\(creation) \(format)")
    }

    /// Keeps a random lower layer as the backing file.
    func collapseAboveBase() async throws {
        guard chain.layers.count > 1 else { return }
        var generator = SeededGenerator(seed: chain.recipe.seed &+ 1_000_000)
        let base = generator.pick(Array(chain.layers.dropLast()))
        let (creation, _) = randomOptions()
        let format = QCow2Format(compresses: generator.chance(30))
        let result = try await collapse("above.qcow2", .qcow2(creation, format), base: base)
        try judge(result, "above \(base): \(creation) \(format)")
    }

    private func judge(_ result: String, _ options: String) throws {
        try QemuImg.check(result)
        let converted = directory.path("converted.raw")
        try QemuImg.convert(result, to: converted)
        #expect(try filesAreEqual(expected, converted), "\(options)\n\(chain.recipe)")
    }

    private func randomOptions() -> (CreationOptions, QCow2Format) {
        var generator = SeededGenerator(seed: chain.recipe.seed &+ 2_000_000)
        var creation = CreationOptions()
        creation.clusterBytes = 1 << UInt64(generator.int(in: 11...21))
        creation.version = generator.chance(20) ? 2 : 3
        if creation.version == 3 {
            creation.refcountBits = 1 << generator.int(in: 0...6)
            creation.hasLazyRefcounts = generator.chance(20)
            creation.hasExtendedL2 = creation.clusterBytes >= 16_384 && generator.chance(40)
            creation.compressionType = generator.chance(50) ? .zstd : .zlib
        }
        var format = QCow2Format()
        if generator.chance(40) {
            format.compresses = true
        } else if generator.chance(25), creation.clusterBytes >= 65_536 {
            format.preallocation = generator.pick([.metadata, .falloc])
        }
        return (creation, format)
    }
}
