// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Layers with more space than data")
struct PreallocatedLayerTests {
    private static let diskBytes = 64 << 30
    private let directory: TemporaryDirectory
    private var target: String { directory.path("flat") }

    init() throws { directory = try TemporaryDirectory() }

    /// A layer that gives each cluster of its disk a place, and has data in few of them.
    private func preallocated(_ name: String, options: [String] = []) throws -> String {
        let path = directory.path(name)
        let options = ["preallocation=metadata"] + options
        try QemuImg.create(path, size: Self.diskBytes, options: options)
        // The second leaves a hole that is too small to go around.
        let writes = [
            "write -q -P 1 1G 3M", "write -q -P 2 5G 100k", "write -q -P 3 5247008k 100k",
        ]
        try QemuImg.io(path, writes + ["write -q -P 4 \(Self.diskBytes - 65_536) 64k"])
        return path
    }

    private func collapse(
        _ top: String,
        as format: CollapseTarget.Format
    ) async throws -> CollapseReport {
        try await Collapse(
            source: CollapseSource(path: top),
            target: CollapseTarget(path: target, format: format)
        ).run()
    }

    @Test("holes of a preallocated layer are zeros, and are not read", arguments: [true, false])
    func holes(isRaw: Bool) async throws {
        let base = try preallocated("base.qcow2")
        let top = directory.path("top.qcow2")
        try QemuImg.create(top, size: Self.diskBytes, backing: base)
        // Zeros above data, data beside holes.
        try QemuImg.io(top, ["write -q -z 1025M 1M", "write -q -P 9 7G 64k"])
        let report = try await collapse(top, as: isRaw ? .raw() : .qcow2())
        #expect(report.readBytes >= (2 << 20) + 5 * (64 << 10))
        #expect(report.readBytes < 4 << 20)
        try QemuImg.compare(top, format: "qcow2", target, format: isRaw ? "raw" : "qcow2")
        let comparison = Comparison(
            of: CollapseSource(path: top),
            and: CollapseSource(path: target)
        )
        #expect(try await comparison.run().difference == nil)
    }

    @Test("an external data file has holes as well")
    func dataFile() async throws {
        let data = directory.path("data.raw")
        let top = try preallocated("top.qcow2", options: ["data_file=\(data)", "data_file_raw=on"])
        let report = try await collapse(top, as: .qcow2())
        #expect(report.readBytes < 4 << 20)
        try QemuImg.compare(top, format: "qcow2", target, format: "qcow2")
    }

    @Test("what is below a hole stays hidden, and an overlay takes nothing from it")
    func inPlace() async throws {
        let below = directory.path("below.qcow2")
        try QemuImg.create(below, size: Self.diskBytes)
        try QemuImg.io(below, ["write -q -P 8 2G 1M"])
        let base = try preallocated("base.qcow2")
        try Command.runSuccessfully(
            "qemu-img",
            ["rebase", "-u", "-f", "qcow2", "-F", "qcow2", "-b", below, base]
        )
        let top = directory.path("top.qcow2")
        try QemuImg.create(top, size: Self.diskBytes, backing: base)
        let expected = directory.path("expected.raw")
        try QemuImg.convert(top, to: expected)
        let report = try await Collapse(inPlace: CollapseSource(path: top)).run()
        #expect(report.readBytes < 4 << 20)
        try QemuImg.check(top)
        try QemuImg.compare(expected, format: "raw", top, format: "qcow2")
    }
}
