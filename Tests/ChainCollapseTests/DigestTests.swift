// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport
import Testing

@Suite("Digests")
struct DigestTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func digest(_ source: CollapseSource, threads: Int) async throws -> String {
        var digest = Digest(of: source)
        digest.threads = threads
        return try await digest.run().digest.description
    }

    @Test(
        "a chain's digest is that of its content, on one thread and on several",
        arguments: 1...60 as ClosedRange<UInt64>
    )
    func chains(seed: UInt64) async throws {
        let chain = try ChainRecipe(seed: seed).build(in: directory)
        let raw = directory.path("content.raw")
        try QemuImg.convert(
            chain.topPath,
            from: chain.topFormat,
            to: raw,
            snapshot: chain.snapshotName
        )
        let expected = try DigestOracle.digest(ofRaw: raw)
        let source = CollapseSource(
            path: chain.topPath,
            format: ImageFormat(rawValue: chain.topFormat),
            snapshot: chain.snapshotName,
            allowedBacking: .within([directory.path]),
            trustsProbedFormats: true
        )
        for threads in [1, 3] {
            #expect(try await digest(source, threads: threads) == expected, "\(chain.recipe)")
        }
        let copy = CollapseSource(path: raw, format: .raw)
        #expect(try await digest(copy, threads: 2) == expected, "\(chain.recipe)")
    }

    @Test(
        "a disk of any size has the digest that is defined",
        arguments: [
            0, 1, 512, 513, 65_535, 65_536, 65_537, 131_072, 131_073, 3 << 16, 2_031_616,
            (2 << 20) - 512, 2 << 20, (2 << 20) + 512, 4 << 20, (6 << 20) + 512, 9_000_000,
        ],
        [0, 1, 2]
    )
    func sizes(byteCount: Int, kind: Int) async throws {
        let path = directory.path("disk.raw")
        var random = SeededGenerator(seed: UInt64(byteCount))
        // Zeros, noise, and noise at the end only.
        let data =
            kind == 0
            ? Data(count: byteCount)
            : kind == 1
                ? random.bytes(byteCount)
                : Data(count: byteCount - min(byteCount, 700))
                    + random.bytes(min(byteCount, 700))
        try data.write(to: URL(fileURLWithPath: path))
        let source = CollapseSource(path: path, format: .raw)
        let expected = try DigestOracle.digest(ofRaw: path)
        #expect(try await digest(source, threads: 1) == expected)
        #expect(try await digest(source, threads: 2) == expected)
    }

    @Test("disks that differ in one byte, or in zeros at their end only, have different digests")
    func differences() async throws {
        let path = directory.path("disk.raw")
        let source = CollapseSource(path: path, format: .raw)
        var digests: Set<String> = []
        var data = Data(repeating: 7, count: 5 << 20)
        for place in [0, 65_535, 65_536, (2 << 20) - 1, (5 << 20) - 1] {
            data[place] = 8
            try data.write(to: URL(fileURLWithPath: path))
            digests.insert(try await digest(source, threads: 2))
            data[place] = 7
        }
        for _ in 0..<3 {
            try data.write(to: URL(fileURLWithPath: path))
            digests.insert(try await digest(source, threads: 2))
            data += Data(count: 512)
        }
        #expect(digests.count == 8)
    }

    @Test("an empty disk of any size takes no time")
    func empty() async throws {
        let path = directory.path("empty.qcow2")
        try QemuImg.create(path, size: 60 << 40, options: ["cluster_size=2M"])
        let report = try await Digest(of: CollapseSource(path: path)).run()
        #expect(report.diskBytes == 60 << 40)
        #expect(report.readBytes == 0)
        #expect(report.seconds < 2)
        // Independent of the program, by the same definition.
        let program = """
            import hashlib
            H = lambda b: hashlib.sha256(b).digest()
            zero = H(bytes(65537))
            for _ in range(30): zero = H(b"\\1" + zero + zero)
            print(H(b"\\2" + (60 << 40).to_bytes(8, "big") + zero).hex())
            """
        let output = try Command.runSuccessfully("python3", ["-c", program]).text
        #expect(report.digest.description == "sha256-tree-1:\(output.prefix(64))")
    }
}
