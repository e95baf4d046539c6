// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension CollapseTests {
    @Suite("Targets")
    struct Targets {
        private let workplace: Workplace
        private var chain: SampleChain { workplace.chain }

        init() throws { workplace = try Workplace() }

        /// Collapses the sample chain to a file of this name and returns its path.
        private func collapse(_ name: String, _ options: [String] = []) throws -> String {
            let target = workplace.path(name)
            let words = ["collapse", chain.top, target] + options
            let output = try Command.runSuccessfully(Tool.path(), words)
            #expect(output.standardError == "")
            #expect(try workplace.names() == [name])
            return target
        }

        /// Requires that a qcow2 target is clean and reads like the chain.
        private func expectCopy(_ target: String) throws {
            try QemuImg.check(target)
            try QemuImg.compare(chain.topContent, format: "raw", target, format: "qcow2")
        }

        @Test(
            "a name that ends in .raw or .img becomes a raw image",
            arguments: ["a.raw", "a.img", "A.IMG"]
        )
        func raw(name: String) throws {
            let target = try collapse(name)
            #expect(try filesAreEqual(chain.topContent, target))
        }

        @Test("any other name becomes a qcow2 image", arguments: ["a.qcow2", "a", "a.raw.new"])
        func qcow2(name: String) throws {
            let target = try collapse(name)
            let facts = try ImageFacts(target)
            #expect(facts.format == "qcow2")
            #expect(facts.backingFilename == nil)
            #expect(facts.clusterSize == 65_536)
            #expect(facts.qcow2?.compat == "1.1")
            try expectCopy(target)
        }

        @Test("--format says otherwise")
        func format() throws {
            let raw = try collapse("a.qcow2", ["--format", "raw"])
            #expect(try filesAreEqual(chain.topContent, raw))
            try FileManager.default.removeItem(atPath: raw)
            try expectCopy(collapse("a.raw", ["--format=qcow2"]))
        }

        @Test(
            "--compress compresses with the type that is asked for, else with that of the options",
            arguments: [
                (["--compress", "zlib"], "zlib"), (["--compress", "zstd"], "zstd"),
                (["--compress=zstd"], "zstd"), (["--compress"], "zlib"),
                (["--compress", "--option", "compression_type=zstd"], "zstd"),
                (["--compress", "--option", "compat=0.10"], "zlib"),
            ]
        )
        func compress(options: [String], type: String) throws {
            let target = try collapse("a.qcow2", options)
            let plain = try Workplace()
            let reference = plain.path("plain.qcow2")
            #expect(try Tool.collapse(chain.top, reference).isSuccess)
            let saved = try FileFacts(reference).byteCount - FileFacts(target).byteCount
            #expect(saved > 2_000_000, "2.5 MiB of one byte over and over do not become small")
            #expect(try ImageFacts(target).qcow2?.compressionType == type)
            try expectCopy(target)
        }

        @Test("--compress directly before the source does not take it for a type")
        func compressBeforeSource() throws {
            let target = workplace.path("a.qcow2")
            #expect(try Tool.collapse("--compress", chain.top, target).isSuccess)
            try expectCopy(target)
            let other = workplace.path("b.qcow2")
            #expect(try Tool.collapse("--compress", "zstd", chain.top, other).isSuccess)
            #expect(try ImageFacts(other).qcow2?.compressionType == "zstd")
            try expectCopy(other)
        }

        @Test(
            "--cluster-size sets the size of clusters",
            arguments: [("512", 512), ("4k", 4096), ("64K", 65_536), ("2M", 2_097_152)]
        )
        func clusterSize(size: String, bytes: UInt64) throws {
            let target = try collapse("a.qcow2", ["--cluster-size", size])
            #expect(try ImageFacts(target).clusterSize == bytes)
            try expectCopy(target)
        }

        @Test("every key of --option shows in the image")
        func options() throws {
            let list = "compat=1.1,refcount_bits=8,lazy_refcounts=on,compression_type=zstd"
            let target = try collapse("a.qcow2", ["-o", list, "--option", "extended_l2=on"])
            let facts = try ImageFacts(target)
            #expect(facts.qcow2?.compat == "1.1")
            #expect(facts.qcow2?.refcountBits == 8)
            #expect(facts.qcow2?.lazyRefcounts == true)
            #expect(facts.qcow2?.extendedL2 == true)
            #expect(facts.qcow2?.compressionType == "zstd")
            try expectCopy(target)
        }

        @Test("--option makes old images, other cluster sizes and preallocated images")
        func moreOptions() throws {
            let list = ["-o", "compat=0.10", "-o", "cluster_size=128k,preallocation=metadata"]
            let target = try collapse("a.qcow2", list)
            let facts = try ImageFacts(target)
            #expect(facts.qcow2?.compat == "0.10")
            #expect(facts.clusterSize == 131_072)
            #expect(try FileFacts(target).byteCount > UInt64(SampleChain.diskBytes))
            try expectCopy(target)
        }

        @Test("an option of its own wins over the same key of --option")
        func precedence() throws {
            let options = [
                "--cluster-size", "32k", "-o", "cluster_size=4k,preallocation=full",
                "--preallocation", "off",
            ]
            let target = try collapse("a.qcow2", options)
            #expect(try ImageFacts(target).clusterSize == 32_768)
            #expect(try FileFacts(target).allocatedBytes < UInt64(SampleChain.diskBytes))
        }

        @Test(
            "--preallocation takes the space of a raw image that it names",
            arguments: [("off", false), ("falloc", true), ("full", true)]
        )
        func rawPreallocation(kind: String, isFull: Bool) throws {
            let target = try collapse("a.raw", ["--preallocation", kind])
            let facts = try FileFacts(target)
            #expect(facts.byteCount == UInt64(SampleChain.diskBytes))
            #expect((facts.allocatedBytes >= facts.byteCount) == isFull)
            #expect(try filesAreEqual(chain.topContent, target))
        }

        @Test(
            "--preallocation takes the space of a qcow2 image that it names",
            arguments: [
                ("off", false, false), ("metadata", true, false), ("falloc", true, true),
                ("full", true, true),
            ]
        )
        func qcow2Preallocation(kind: String, isLong: Bool, isFull: Bool) throws {
            let target = try collapse("a.qcow2", ["--preallocation", kind])
            let facts = try FileFacts(target)
            #expect((facts.byteCount > UInt64(SampleChain.diskBytes)) == isLong)
            #expect((facts.allocatedBytes >= UInt64(SampleChain.diskBytes)) == isFull)
            let entries = try QemuImg.map(target)
            #expect(entries.allSatisfy { $0.offset != nil } == isLong)
            try expectCopy(target)
        }

        @Test(
            "any number of threads and either cache make the same bytes",
            arguments: ["a.raw", "a.qcow2"]
        )
        func deterministic(name: String) throws {
            let extra = name == "a.raw" ? [] : ["--compress", "zstd"]
            let serial = try sha256(ofFile: collapse(name, extra + ["--threads", "1"]))
            let more = [
                ["--threads", "2"], ["--threads=8"], ["--cache", "unsafe"], ["--cache=writeback"],
                ["--direct"], ["--direct", "--cache=unsafe", "--threads=3"],
            ]
            for options in more {
                let target = try collapse(name, extra + options + ["--force"])
                #expect(try sha256(ofFile: target) == serial, "\(options)")
            }
        }
    }
}
