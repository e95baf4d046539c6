// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension CollapseTests {
    @Suite("Sources")
    struct Sources {
        private let workplace: Workplace
        private var chain: SampleChain { workplace.chain }

        init() throws { workplace = try Workplace() }

        @Test("a layer inside the chain is collapsed in its own state")
        func middle() throws {
            let target = workplace.path("a.raw")
            #expect(try Tool.collapse(chain.middle, target).isSuccess)
            #expect(try filesAreEqual(chain.middleContent, target))
            #expect(try !filesAreEqual(chain.topContent, target))
        }

        @Test("a layer that only looks like qcow2 is followed when it is trusted")
        func probed() throws {
            let top = workplace.path("top.qcow2")
            try QemuImg.create(top, size: 24 << 20, backing: chain.middle)
            try removeBackingFormat(fromImage: top)
            let target = workplace.path("a.raw")
            let allow = ["--allow-backing", "within", chain.folder]
            let refused = try Tool.collapse([top, target] + allow)
            #expect(refused.status == 2)
            #expect(refused.standardError.contains("--trust-probed"))
            #expect(try Tool.collapse([top, target, "--trust-probed"] + allow).status == 0)
            try QemuImg.compare(top, format: "qcow2", target, format: "raw")
        }

        @Test("the layers of a collapsed chain are as they were")
        func untouched() throws {
            let layers = [chain.top, chain.middle, chain.base]
            let before = try layers.map(FileFacts.init)
            #expect(try Tool.collapse(chain.top, workplace.path("a.qcow2")).isSuccess)
            #expect(try layers.map(FileFacts.init) == before)
        }

        @Test(
            "--snapshot takes an id or a name, and the disk's size of that time",
            arguments: [
                "before", "1",
            ]
        )
        func snapshot(name: String) throws {
            let target = workplace.path("a.raw")
            #expect(try Tool.collapse(chain.top, target, "--snapshot", name).isSuccess)
            #expect(try FileFacts(target).byteCount == UInt64(SampleChain.snapshotBytes))
            #expect(try filesAreEqual(chain.snapshotContent, target))
        }

        @Test(
            "--base keeps a layer as backing file, named by its path or the last part of it",
            arguments: ["base.qcow2", "middle.qcow2"],
            [true, false]
        )
        func base(layer: String, isWhole: Bool) throws {
            let target = workplace.path("merged.qcow2")
            let path = "\(chain.folder)/\(layer)"
            let base = isWhole ? path : layer
            #expect(try Tool.collapse(chain.top, target, "--base", base).isSuccess)
            let facts = try ImageFacts(target)
            #expect(facts.backingFilename == path)
            #expect(facts.backingFormat == "qcow2")
            try QemuImg.check(target)
            try QemuImg.compare(chain.topContent, format: "raw", target, format: "qcow2")
            let depths = try QemuImg.map(target).filter(\.data).map(\.depth)
            #expect(Set(depths).count > 1, "the target holds what the base has as well")
        }

        @Test("--source-format raw reads a raw disk whose guest has made it look like qcow2")
        func sourceFormat() throws {
            let target = workplace.path("a.raw")
            #expect(try Tool.collapse(chain.base, target, "--source-format", "raw").isSuccess)
            #expect(try filesAreEqual(chain.base, target))
            let guessed = workplace.path("b.raw")
            #expect(try Tool.collapse(chain.base, guessed).isSuccess)
            #expect(try FileFacts(guessed).byteCount == UInt64(SampleChain.diskBytes))
        }

        @Test("--source-format qcow2 does not take anything else")
        func wrongSourceFormat() throws {
            let target = workplace.path("a.raw")
            let words = [chain.topContent, target, "--source-format", "qcow2"]
            let output = try Command.run(Tool.path(), ["collapse"] + words)
            #expect(output.status == 2)
            #expect(output.standardError.contains("\(chain.topContent): "))
            #expect(try workplace.names() == [])
        }

        @Test("what is cut off is an error that names the place, and with --salvage zeros")
        func salvage() throws {
            let damaged = workplace.path("damaged.qcow2")
            try QemuImg.create(damaged, size: 4 << 20)
            try QemuImg.io(damaged, ["write -q -P 7 0 1M"])
            let whole = workplace.path("whole.raw")
            try QemuImg.convert(damaged, to: whole)
            let length = try FileFacts(damaged).byteCount
            try Command.runSuccessfully("truncate", ["--size=\(length - 131_072)", damaged])

            let target = workplace.path("a.raw")
            let refused = try Tool.collapse(damaged, target)
            #expect(refused.status == 2)
            #expect(refused.standardError.contains("\(damaged): "))
            #expect(refused.standardError.contains("0x"))
            #expect(!FileManager.default.fileExists(atPath: target))

            let output = try Tool.collapse(damaged, target, "--salvage", "--json")
            #expect(output.status == 0)
            #expect(output.standardError.contains("warning: 131072 bytes could not be read"))
            let report = try output.decoded(as: Report.self)
            #expect(report.lostBytes == 131_072)
            #expect(report.layers.map(\.lostBytes).reduce(0, +) <= 131_072)
            try QemuImg.io(whole, ["write -q -P 0 896k 128k"], format: "raw")
            #expect(try filesAreEqual(whole, target))
        }

        @Test("a loss is told even to those who want to hear nothing")
        func quietLoss() throws {
            let damaged = workplace.path("damaged.qcow2")
            try QemuImg.create(damaged, size: 4 << 20)
            try QemuImg.io(damaged, ["write -q -P 7 0 1M"])
            try Command.runSuccessfully("truncate", ["--size=-64k", damaged])
            let output = try Tool.collapse(
                damaged,
                workplace.path("a.raw"),
                "--salvage",
                "--quiet"
            )
            #expect(output.status == 0 && output.text == "")
            #expect(output.standardError.contains("65536 bytes could not be read"))
        }
    }
}
