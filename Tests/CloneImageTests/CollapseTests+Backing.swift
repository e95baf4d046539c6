// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension CollapseTests {
    @Suite("Where layers may lie")
    struct Backing {
        private let workplace: Workplace
        private var chain: SampleChain { workplace.chain }
        private var top: String { workplace.path("top.qcow2") }
        private var target: String { workplace.path("a.raw") }

        init() throws {
            workplace = try Workplace()
            try QemuImg.create(top, size: 24 << 20, backing: chain.middle)
        }

        private func collapse(_ options: String...) throws -> Command.Output {
            try Tool.collapse([top, target] + options)
        }

        @Test("a layer in another directory is refused with the very words that allow it")
        func refused() throws {
            let output = try collapse()
            #expect(output.status == 2)
            #expect(try workplace.names() == ["top.qcow2"])
            let words =
                "(if that is meant to be read, say --allow-backing within \(chain.folder))\n"
            #expect(output.standardError.hasSuffix(words), "\(output.standardError)")
            // Between options and files the words hold together.
            let told = ["--allow-backing", "within", chain.folder, "--quiet", top, target]
            #expect(try Tool.collapse(told).isSuccess)
            #expect(try filesAreEqual(chain.middleContent, target))
            let digest = try Tool.run("digest", top)
            #expect(digest.status == 2 && digest.standardError.hasSuffix(words))
            let allowed = try Tool.run("digest", "--allow-backing", "within", chain.folder, top)
            #expect(allowed.isSuccess)
        }

        @Test(
            "a place that is allowed is read from, whichever way it is said",
            arguments: [
                ["within", "DIR"], ["same-directory", "within", "DIR"], ["within DIR"],
                ["any-local"],
                ["within", "/tmp", "within", "DIR"], ["within", "/"],
            ]
        )
        func allowed(words: [String]) throws {
            let options = words.flatMap { word in
                let word = word.replacingOccurrences(of: "DIR", with: chain.folder)
                return word.hasPrefix("/") ? [word] : ["--allow-backing", word]
            }
            let output = try Tool.collapse([top, target] + options)
            #expect(output.isSuccess, "\(output.standardError)")
            #expect(try filesAreEqual(chain.middleContent, target))
        }

        @Test("what the user names is read wherever it lies, and no more than that")
        func named() throws {
            let merged = workplace.path("merged.qcow2")
            let above = try Tool.collapse(top, merged, "--base", chain.middle)
            // The one below the base is beside it.
            #expect(above.isSuccess, "\(above.standardError)")
            try QemuImg.compare(merged, format: "qcow2", chain.middleContent, format: "raw")
            let lone = try Tool.collapse(chain.base, target, "--allow-backing", "none")
            #expect(lone.isSuccess)
            let secret = workplace.path("elsewhere")
            try FileManager.default.createDirectory(
                atPath: secret,
                withIntermediateDirectories: false
            )
            try QemuImg.create(secret + "/top", size: 1 << 20, backing: top)
            let refused = try Tool.collapse(
                secret + "/top",
                merged,
                "--force",
                "--base",
                chain.middle
            )
            #expect(refused.status == 2)
            #expect(refused.standardError.contains("within \(workplace.folder))"))
        }

        @Test("none refuses what the directory of the source has as well")
        func none() throws {
            let output = try Tool.collapse(chain.top, target, "--allow-backing", "none", "--json")
            #expect(output.status == 2)
            #expect(output.text.contains("\"not-allowed\""))
        }

        @Test("commands that tell no content follow every name, as those of qemu-img do")
        func lookingCommands() throws {
            for words in [
                ["info", "--backing-chain"], ["map"], ["map", "--provenance"], ["chain"],
                ["compare", chain.middle],
            ] {
                let output = try Command.run(Tool.path(), words + [top])
                #expect(output.isSuccess, "\(words): \(output.standardError)")
            }
        }

        @Test(
            "words that make no sense are errors",
            arguments: [
                ["none", "any-local"], ["within /", "none"], [""], ["within "], ["within"], ["/"],
                ["within absent-directory"],
            ]
        )
        func nonsense(words: [String]) throws {
            let options = words.flatMap { ["--allow-backing", $0] }
            let output = try Tool.collapse([top, target] + options)
            #expect(output.status == 64)
            #expect(try workplace.names() == ["top.qcow2"])
        }
    }
}
