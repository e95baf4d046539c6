// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image create on a block device")
struct CreateOnDeviceTests {
    private let device: LoopDevice

    /// A device of 16 MiB that was used.
    init() throws {
        device = try LoopDevice(byteCount: 16 << 20)
        try fill()
    }

    private func fill() throws {
        let garbage = Data(repeating: 0xaa, count: 16 << 20)
        try garbage.write(to: URL(fileURLWithPath: device.path))
    }

    @Test(
        "a used device becomes what qemu-img makes of it",
        arguments: [
            "-f qcow2 DEVICE 8M", "-f qcow2 DEVICE 1T", "-f qcow2 -o cluster_size=512 DEVICE 8M",
            "-f qcow2 -o preallocation=metadata DEVICE 8M", "-f raw DEVICE 16M", "-f raw DEVICE 8M",
            "-f qcow2 -u -b gone -F qcow2 DEVICE 8M",
        ]
    )
    func alike(words: String) throws {
        let words =
            ["create"]
            + words.replacing("DEVICE", with: device.path).split(separator: " ")
            .map(String.init)
        let expected = try Command.run("qemu-img", words)
        let expectedFacts = try ImageFacts(device.path)
        try fill()
        let own = try Command.run(Tool.path(), words)
        #expect((own.status, own.text) == (expected.status, expected.text), "\(own)")
        #expect(own.status == 0)
        let facts = try ImageFacts(device.path)
        #expect(facts.format == expectedFacts.format)
        #expect(facts.virtualSize == expectedFacts.virtualSize)
        guard facts.format == "qcow2", facts.backingFilename == nil else { return }
        try QemuImg.check(device.path)
        guard facts.virtualSize < 1 << 30 else { return }
        let read = try QemuImg.io(device.path, ["read -P 0 0 8M"])
        #expect(!read.contains("verification failed"), "\(read)")
    }

    @Test(
        "what does not fit is refused",
        arguments: [
            "-f raw DEVICE 17M", "-f qcow2 -o preallocation=metadata DEVICE 32M",
        ]
    )
    func small(words: String) throws {
        let words =
            ["create"]
            + words.replacing("DEVICE", with: device.path).split(separator: " ")
            .map(String.init)
        let output = try Command.run(Tool.path(), words)
        #expect(
            output.status == 1 && output.standardError.contains("or more are needed"),
            "\(output)"
        )
        #expect(try Command.run("qemu-img", words).status == 1)
    }
}
