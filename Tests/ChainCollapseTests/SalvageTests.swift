// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport
import Testing

@Suite("Images that are cut short")
struct SalvageTests {
    private static let diskBytes = 8 << 20
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A disk of ones whose file lost its last `missing` clusters of 64 KiB and a half.
    private func cutImage(missing: Int) throws -> String {
        let path = directory.path("cut.qcow2")
        try QemuImg.create(path, size: Self.diskBytes)
        try QemuImg.io(path, ["write -q -P 1 0 \(Self.diskBytes)"])
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = try handle.seekToEnd()
        try handle.truncate(atOffset: size - UInt64(missing * 65_536))
        try handle.close()
        return path
    }

    private func collapse(_ path: String, salvage: Bool) async throws -> CollapseReport {
        var options = CollapseOptions()
        options.salvage = salvage
        let target = CollapseTarget(path: directory.path("flat.raw"), format: .raw())
        let source = CollapseSource(path: path)
        return try await Collapse(source: source, target: target, options: options).run()
    }

    @Test("data beyond the end of the file is an error that names the place, not zeros")
    func refused() async throws {
        let path = try cutImage(missing: 3)
        let error = await #expect(throws: CollapseError.self) {
            _ = try await collapse(path, salvage: false)
        }
        #expect(error?.code == .damagedImage)
        #expect(error?.message.contains("beyond the end of the file") == true)
        #expect(!FileManager.default.fileExists(atPath: directory.path("flat.raw")))
    }

    @Test("salvage reads the rest, and counts what is lost to the byte")
    func salvaged() async throws {
        let path = try cutImage(missing: 3)
        let report = try await collapse(path, salvage: true)
        #expect(report.lostBytes == 3 * 65_536)
        let expected = directory.path("expected.raw")
        try QemuImg.convert(path, to: expected)
        #expect(try filesAreEqual(expected, directory.path("flat.raw")))
    }

    @Test("what is lost but hidden by a layer above is no error")
    func hidden() async throws {
        let path = try cutImage(missing: 3)
        let top = directory.path("top.qcow2")
        try QemuImg.create(top, size: Self.diskBytes, backing: path)
        let lost = Self.diskBytes - 4 * 65_536
        try QemuImg.io(top, ["write -q -P 2 \(lost) \(4 * 65_536)"])
        let report = try await collapse(top, salvage: false)
        #expect(report.lostBytes == 0)
        let expected = directory.path("expected.raw")
        try QemuImg.convert(top, to: expected)
        #expect(try filesAreEqual(expected, directory.path("flat.raw")))
    }

    @Test("half a last cluster is legal and reads as zeros behind its end")
    func partialCluster() async throws {
        let path = directory.path("partial.qcow2")
        try QemuImg.create(path, size: Self.diskBytes)
        try QemuImg.io(path, ["write -q -P 1 0 65536"])
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: try handle.seekToEnd() - 10_000)
        try handle.close()
        let report = try await collapse(path, salvage: false)
        #expect(report.lostBytes == 0)
        let expected = directory.path("expected.raw")
        try QemuImg.convert(path, to: expected)
        #expect(try filesAreEqual(expected, directory.path("flat.raw")))
    }
}
