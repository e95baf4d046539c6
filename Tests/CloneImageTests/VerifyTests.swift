// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `clone-image collapse --json` prints of digests, or of an error.
private struct ProofLine: Decodable {
    let status: String
    let code: String?
    let digest: String?
    let verifiedDigest: String?
}

@Suite("clone-image collapse --digest and --verify", .sampleChain)
struct VerifyTests {
    private let workplace: Workplace
    private var chain: SampleChain { workplace.chain }

    init() throws { workplace = try Workplace() }

    private func line(_ words: String...) throws -> ProofLine {
        let arguments = ["collapse", chain.top, workplace.path("a.qcow2"), "--json"] + words
        return try Command.run(Tool.path(), arguments).decoded(as: ProofLine.self)
    }

    @Test("--digest reports one digest, --verify two, and neither none")
    func json() throws {
        let expected = try DigestOracle.digest(ofRaw: chain.topContent)
        let plain = try line("--force")
        #expect(plain.status == "done" && plain.digest == nil && plain.verifiedDigest == nil)
        let digested = try line("--force", "--digest")
        #expect(digested.digest == expected && digested.verifiedDigest == nil)
        let verified = try line("--force", "--verify")
        #expect(verified.digest == expected && verified.verifiedDigest == expected)
    }

    @Test("people read the digest on a line of its own")
    func text() throws {
        let expected = try DigestOracle.digest(ofRaw: chain.topContent)
        let digested = try Tool.collapse(chain.top, workplace.path("a.raw"), "--digest")
        #expect(digested.isSuccess)
        #expect(digested.text.hasSuffix("on disk\n\(expected)\n"))
        let verified = try Tool.collapse(chain.top, workplace.path("b.raw"), "--verify")
        #expect(verified.isSuccess)
        #expect(verified.text.hasSuffix("on disk\n\(expected), verified\n"))
    }

    @Test("--verify and --cache unsafe exclude each other")
    func unflushed() throws {
        let target = workplace.path("a.raw")
        let output = try Tool.collapse(chain.top, target, "--verify", "--cache", "unsafe")
        #expect(output.status == 64)
        #expect(output.standardError.contains("--verify"))
        #expect(try workplace.names() == [])
    }

    @Test("a byte that somebody writes into the target meanwhile is found, and no file is left")
    func strayByte() throws {
        let output = try Tool.shell(
            #"""
            "$0" collapse "$1" flat.raw --verify --json --rate-limit 8M & tool=$!
            until compgen -G '.flat.raw.*.clone-image-partial' >/dev/null; do kill -0 $tool || exit 98; sleep 0.01; done
            printf x | dd of="$(echo .flat.raw.*.clone-image-partial)" bs=1 seek=10M conv=notrunc status=none
            wait $tool
            """#,
            chain.top,
            in: workplace.folder
        )
        #expect(output.status == 5)
        #expect(try output.decoded(as: ProofLine.self).code == "verification-failed")
        #expect(output.standardError.contains("flat.raw: read back, the target does not read as"))
        #expect(try workplace.names() == [])
    }

    @Test("what changes on a device is found although the page cache still has what was written")
    func device() throws {
        let device = try LoopDevice(byteCount: 16 << 20)
        let source = workplace.path("source.raw")
        try Command.runSuccessfully(
            "sh",
            ["-c", "head -c 64k /dev/urandom > \(source); truncate --size=8M \(source)"]
        )
        try Command.runSuccessfully("sh", ["-c", "head -c 2M /dev/urandom >> \(source)"])
        let output = try Tool.shell(
            #"""
            "$0" collapse "$1" "$2" --format raw --force --verify --rate-limit 1M & tool=$!
            until cmp --silent --bytes=64K "$1" "$2"; do kill -0 $tool || exit 98; sleep 0.01; done
            sync "$2"
            printf x | dd of="$3" bs=1 seek=100 conv=notrunc status=none
            cmp --bytes=64K "$1" "$2" || exit 99
            wait $tool
            """#,
            source,
            device.path,
            device.file
        )
        #expect(output.status == 5)
        #expect(output.standardError.contains("\(device.path): read back, "))
    }
}
