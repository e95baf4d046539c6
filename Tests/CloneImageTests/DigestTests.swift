// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `clone-image digest --json` prints.
private struct DigestLine: Decodable {
    let status: String
    let digest: String
    let diskBytes: UInt64
    let dataBytes: UInt64
    let lostBytes: UInt64
    let threads: Int
}

@Suite("clone-image digest", .sampleChain)
struct DigestTests {
    private let workplace: Workplace
    private var chain: SampleChain { workplace.chain }

    init() throws { workplace = try Workplace() }

    @Test("a line tells the digest and the image")
    func text() throws {
        let output = try Tool.run("digest", chain.top)
        let expected = try DigestOracle.digest(ofRaw: chain.topContent)
        #expect(output.isSuccess)
        #expect(output.text == "\(expected)  \(chain.top)\n")
        let copy = try Tool.run("digest", chain.topContent, "--source-format", "raw")
        #expect(copy.text == "\(expected)  \(chain.topContent)\n")
    }

    @Test("--json tells more")
    func json() throws {
        let output = try Tool.run("digest", chain.middle, "--json", "--threads", "3")
        let line = try output.decoded(as: DigestLine.self)
        #expect(line.status == "done")
        #expect(line.digest == (try DigestOracle.digest(ofRaw: chain.middleContent)))
        #expect(line.diskBytes == UInt64(SampleChain.diskBytes))
        #expect(line.dataBytes > 0 && line.dataBytes < line.diskBytes)
        #expect(line.lostBytes == 0)
        #expect(line.threads == 3)
    }

    @Test("--snapshot digests an internal snapshot")
    func snapshot() throws {
        let output = try Tool.run("digest", chain.top, "--snapshot", "before", "--json")
        let line = try output.decoded(as: DigestLine.self)
        #expect(line.digest == (try DigestOracle.digest(ofRaw: chain.snapshotContent)))
        #expect(line.diskBytes == UInt64(SampleChain.snapshotBytes))
    }

    @Test("what cannot be read is an error, and with --salvage zeros that are told of")
    func damage() throws {
        let damaged = workplace.path("damaged.qcow2")
        try QemuImg.create(damaged, size: 4 << 20)
        try QemuImg.io(damaged, ["write -q -P 7 0 1M"])
        let whole = workplace.path("whole.raw")
        try QemuImg.convert(damaged, to: whole)
        let length = try FileFacts(damaged).byteCount
        try Command.runSuccessfully("truncate", ["--size=\(length - 131_072)", damaged])
        let refused = try Tool.run("digest", damaged)
        #expect(refused.status == 2)
        #expect(refused.text.isEmpty)
        #expect(refused.standardError.contains("\(damaged): "))
        let output = try Tool.run("digest", damaged, "--salvage", "--json")
        try QemuImg.io(whole, ["write -q -P 0 896k 128k"], format: "raw")
        let line = try output.decoded(as: DigestLine.self)
        #expect(line.digest == (try DigestOracle.digest(ofRaw: whole)))
        #expect(line.lostBytes == 131_072)
        #expect(output.standardError.contains("131072 bytes could not be read"))
    }

    @Test("an image that is not there is an error, for programs too")
    func missing() throws {
        let output = try Tool.run("digest", workplace.path("none.qcow2"), "--json")
        #expect(output.status == 2)
        #expect(output.text.contains("\"code\":\"not-found\""))
    }

    @Test("the digests of all fixtures are those of what they collapse to")
    func fixtures() throws {
        let folder = Repository.path("Fixtures/valid")
        let images = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".qcow2") }
        #expect(images.count >= 45)
        for image in images {
            let target = workplace.path("\(image).raw")
            #expect(try Tool.collapse(image, target, "--quiet", in: folder).status == 0)
            let output = try Tool.run("digest", image, "--json", in: folder)
            let line = try output.decoded(as: DigestLine.self)
            #expect(line.digest == (try DigestOracle.digest(ofRaw: target)), "\(image)")
        }
    }
}
