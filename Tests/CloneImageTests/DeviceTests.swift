// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image collapse to a block device")
struct DeviceTests {
    /// Ends in the middle of a block of 4096 bytes.
    private static let diskBytes = (32 << 20) + 512

    @Test(
        "a used device reads as the disk, and keeps what lies behind it",
        arguments: ["64k", "1984k"],
        ["raw", "qcow2"]
    )
    func used(dataInEachTwoMebibytes count: String, format: String) throws {
        let directory = try TemporaryDirectory()
        let top = directory.path("top.qcow2"), expected = directory.path("expected.raw")
        try QemuImg.create(directory.path("base.qcow2"), size: Self.diskBytes)
        try QemuImg.create(top, size: Self.diskBytes, backing: "base.qcow2")
        for (name, pattern) in [("base.qcow2", 1), ("top.qcow2", 2)] {
            let writes = stride(from: pattern - 1, to: 16, by: 2).map { place in
                "write -q -P \(pattern) \(2 * place)M \(count)"
            }
            try QemuImg.io(directory.path(name), writes + ["write -q -P 7 32M 512"])
        }
        try QemuImg.convert(top, to: expected)
        let device = try LoopDevice(byteCount: 40 << 20)
        let garbage = Data(repeating: 0xaa, count: 40 << 20)
        try garbage.write(to: URL(fileURLWithPath: device.path))
        let output = try Tool.collapse(top, device.path, "--format", format, "--force", "--quiet")
        #expect(output.isSuccess, "\(output)")
        guard format == "raw" else {
            return try QemuImg.compare(expected, format: "raw", device.path, format: "qcow2")
        }
        let copy = directory.path("copy.raw")
        try Command.runSuccessfully("cp", [device.path, copy])
        let content = try Data(contentsOf: URL(fileURLWithPath: copy))
        #expect(
            content.prefix(Self.diskBytes) == (try Data(contentsOf: URL(fileURLWithPath: expected)))
        )
        #expect(content.dropFirst(Self.diskBytes).allSatisfy { $0 == 0xaa })
    }
}
