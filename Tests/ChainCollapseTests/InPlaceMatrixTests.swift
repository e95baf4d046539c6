// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport
import Testing

/// Random chains, each made from its seed by qemu-img and qemu-io, whose top is made to stand alone.
@Suite("Generated chains, collapsed in place")
struct InPlaceMatrixTests {
    static let seeds: ClosedRange<UInt64> = 1...120

    private func options(threads: Int) -> CollapseOptions {
        var options = CollapseOptions()
        options.threads = threads
        return options
    }

    /// A chain whose top can be changed in place; else nil.
    private func chain(_ seed: UInt64, in directory: TemporaryDirectory) throws -> BuiltChain? {
        let recipe = ChainRecipe(seed: seed)
        return top(of: recipe) == nil ? nil : try recipe.build(in: directory)
    }

    private func top(of recipe: ChainRecipe) -> LayerRecipe? {
        recipe.layers.dropFirst().last.flatMap { top in
            top.options.dataFile == .none && top.snapshot == nil ? top : nil
        }
    }

    @Test("a top that was collapsed in place reads the same, alone", arguments: seeds)
    func collapse(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        guard let chain = try chain(seed, in: directory) else { return }
        let expected = directory.path("expected.raw"), top = chain.topPath
        try QemuImg.convert(top, to: expected)
        let copy = top + ".copy"
        try FileManager.default.copyItem(atPath: top, toPath: copy)
        for (path, threads) in [(top, 1), (copy, 3)] {
            let source = CollapseSource(
                path: path,
                format: .qcow2,
                allowedBacking: .within([directory.path]),
                trustsProbedFormats: true
            )
            let collapse = Collapse(inPlace: source, options: options(threads: threads))
            let report = try await collapse.run()
            #expect(report.lostBytes == 0)
        }
        #expect(try filesAreEqual(top, copy), "one worker and three differ\n\(chain.recipe)")
        for layer in chain.layers.dropLast() { try FileManager.default.removeItem(atPath: layer) }
        try QemuImg.check(top)
        let alone = directory.path("alone.raw")
        try QemuImg.convert(top, to: alone)
        #expect(try filesAreEqual(expected, alone), "\(chain.recipe)")
    }

    @Test("the matrix has enough chains, with every kind of top")
    func coverage() {
        var features: [String: Int] = [:]
        for seed in Self.seeds {
            guard let top = top(of: ChainRecipe(seed: seed)) else { continue }
            let kinds = [
                "all": true, "extended": top.options.extendedL2, "old": top.options.isOld,
                "bits": top.options.refcountBits != 16, "lazy": top.options.lazyRefcounts,
                "preallocated": top.options.preallocation,
            ]
            for (kind, isThere) in kinds where isThere { features[kind, default: 0] += 1 }
        }
        #expect(features.count == 6 && features.values.allSatisfy { $0 >= 3 }, "\(features)")
        #expect(features["all", default: 0] >= 60)
    }
}
