// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The JSON report, field by field.
struct Report: Decodable, Equatable {
    struct Target: Decodable, Equatable {
        let path: String
        let fileBytes: UInt64
        let allocatedBytes: UInt64
    }

    struct Layer: Decodable, Equatable {
        let path: String
        let format: String
        let readBytes: UInt64
        let guestBytes: UInt64
        let lostBytes: UInt64
    }

    let status: String
    let target: Target
    let layers: [Layer]
    let diskBytes: UInt64
    let readBytes: UInt64
    let writtenBytes: UInt64
    let zeroBytes: UInt64
    let skippedBytes: UInt64
    let lostBytes: UInt64
    let resumedBytes: UInt64
    let warnings: [String]
    let threads: Int
    let seconds: Double
}

/// The JSON of an error.
struct Failure: Decodable {
    let status: String
    let code: String
    let message: String
}

extension CollapseTests {
    @Suite("Reports")
    struct Reports {
        private let workplace: Workplace
        private var chain: SampleChain { workplace.chain }

        init() throws { workplace = try Workplace() }

        @Test("the JSON report has the promised fields and no others")
        func fields() throws {
            let output = try Tool.collapse(chain.top, workplace.path("a.raw"), "--json")
            let value = try JSONSerialization.jsonObject(with: output.standardOutput)
            let report = try #require(value as? [String: Any])
            #expect(
                report.keys.sorted() == [
                    "diskBytes", "layers", "lostBytes", "readBytes", "resumedBytes", "seconds",
                    "sharedBytes", "skippedBytes", "status", "target", "threads", "warnings",
                    "writtenBytes", "zeroBytes",
                ]
            )
            let target = try #require(report["target"] as? [String: Any])
            #expect(target.keys.sorted() == ["allocatedBytes", "fileBytes", "path"])
            let layers = try #require(report["layers"] as? [[String: Any]])
            let names = ["format", "guestBytes", "lostBytes", "path", "readBytes"]
            #expect(layers.map { $0.keys.sorted() } == [names, names, names])
            #expect(output.text.hasSuffix("}\n") && !output.text.dropLast().contains("\n"))
        }

        @Test("the JSON report's numbers are what QEMU and the file system say")
        func numbers() throws {
            let target = workplace.path("a.raw")
            let output = try Tool.collapse(chain.top, target, "--json", "--threads", "3")
            #expect(output.isSuccess)
            let report = try output.decoded(as: Report.self)
            let facts = try FileFacts(target)
            #expect(report.status == "done")
            #expect(report.target.path == target)
            #expect(report.target.fileBytes == facts.byteCount)
            #expect(report.target.allocatedBytes == facts.allocatedBytes)
            #expect(report.diskBytes == UInt64(SampleChain.diskBytes))
            #expect(report.layers.map(\.path) == [chain.top, chain.middle, chain.base])
            #expect(Set(report.layers.map(\.format)) == ["qcow2"])
            let data = try QemuImg.map(chain.top).filter { $0.data && !$0.zero }
            for depth in 0...2 {
                let length = data.filter { $0.depth == depth }.reduce(0) { $0 + $1.length }
                #expect(report.layers[depth].guestBytes == UInt64(length), "layer \(depth)")
                #expect(report.layers[depth].readBytes == UInt64(length), "layer \(depth)")
            }
            let found = UInt64(data.reduce(0) { $0 + $1.length })
            #expect(report.readBytes == found)
            #expect(report.zeroBytes == UInt64(SampleChain.zeroBytes))
            #expect(report.writtenBytes == found - UInt64(SampleChain.zeroBytes))
            #expect(report.skippedBytes == report.diskBytes - found)
            #expect(report.lostBytes == 0 && report.warnings == [])
            #expect(report.threads == 3)
            #expect(report.seconds > 0 && report.seconds < 60)
        }

        @Test("the report for people is two lines on standard output")
        func text() throws {
            let target = workplace.path("a.raw")
            let output = try Tool.collapse(chain.top, target)
            #expect(output.isSuccess)
            let lines = output.text.split(separator: "\n")
            #expect(lines.count == 2 && output.text.hasSuffix("\n"))
            #expect(lines[0].hasPrefix("\(target): 24 MiB disk from 3 layers in "))
            let pattern = #/^6\.5 MiB data, 17\.5 MiB zeros; 7\.5 MiB read, 6\.5 MiB written, /#
            #expect(lines[1].contains(pattern))
        }

        @Test("above a base, the report for people names the base")
        func base() throws {
            let output = try Tool.collapse(
                chain.top,
                workplace.path("a.qcow2"),
                "--base",
                "base.qcow2"
            )
            #expect(output.text.contains("24 MiB disk above base.qcow2 in "))
        }

        @Test("a warning about a layer goes to standard error and into the JSON report")
        func warnings() throws {
            let marked = workplace.path("marked.qcow2")
            try QemuImg.create(marked, size: 1 << 20)
            try Command.runSuccessfully(
                "qemu-img",
                ["bitmap", "--add", "-f", "qcow2", marked, "changes"]
            )
            let output = try Tool.collapse(marked, workplace.path("a.raw"), "--json")
            let report = try output.decoded(as: Report.self)
            #expect(report.warnings.count == 1)
            #expect(report.warnings.first?.contains("bitmap") == true)
            let line = "clone-image: warning: \(report.warnings.first ?? "none")\n"
            #expect(output.standardError == line)
        }

        @Test("--quiet prints nothing when all is well", arguments: ["--quiet", "-q"])
        func quiet(option: String) throws {
            let output = try Tool.collapse(chain.top, workplace.path("a.raw"), option)
            #expect(output.status == 0)
            #expect(output.text == "" && output.standardError == "")
        }

        @Test("--quiet leaves the JSON report and errors where they were")
        func quietJSON() throws {
            let target = workplace.path("a.raw")
            let output = try Tool.collapse(chain.top, target, "--quiet", "--json")
            #expect(output.isSuccess)
            #expect(try output.decoded(as: Report.self).status == "done")
            #expect(try !Tool.collapse(chain.top, target, "-q").standardError.isEmpty)
        }

        @Test("an error as JSON says what the sentence on standard error says")
        func failure() throws {
            let target = workplace.path("a.raw")
            let output = try Tool.collapse("\(chain.top).gone", target, "--json")
            let failure = try output.decoded(as: Failure.self)
            #expect(failure.status == "failed")
            #expect(failure.code == "not-found")
            #expect(output.standardError == "clone-image: \(failure.message)\n")
        }

        @Test("a command line that is not understood is an error as JSON as well")
        func misuse() throws {
            let target = workplace.path("a.raw")
            let output = try Tool.collapse(chain.top, target, "--json", "--format", "vmdk")
            let failure = try output.decoded(as: Failure.self)
            #expect(failure.code == "invalid-options")
            #expect(output.standardError.hasPrefix("clone-image: \(failure.message)\n"))
            #expect(output.status == 64)
        }
    }
}
