// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Targets that others use")
struct TargetLockTests {
    private let directory: TemporaryDirectory
    private let top: String
    private let old: String

    /// A chain of two layers, and an image that has the target's name.
    init() throws {
        directory = try TemporaryDirectory()
        let base = directory.path("base.qcow2")
        top = directory.path("top.qcow2")
        old = directory.path("old.qcow2")
        try QemuImg.create(base, size: 1 << 20)
        try QemuImg.io(base, ["write -q -P 1 0 512k"])
        try QemuImg.create(top, size: 1 << 20, backing: "base.qcow2")
        try QemuImg.io(top, ["write -q -P 2 256k 512k"])
        try QemuImg.create(old, size: 1 << 20)
    }

    private func target(_ path: String) -> CollapseTarget {
        CollapseTarget(path: path, format: .raw(), replacesExisting: true)
    }

    private func collapse(to path: String) async -> Result<CollapseReport, CollapseError> {
        await Collapse(source: CollapseSource(path: top), target: target(path)).start().result
    }

    /// Requires that a collapse is refused because of the target, and leaves nothing behind.
    private func expectRefusal(of path: String) async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        let result = await collapse(to: path)
        #expect(
            throws: CollapseError(
                .inUse,
                "\(path): the target is in use by a running VM or another program, and is left alone "
                    + "(end that, or choose another target)"
            )
        ) { try result.get() }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == names
        )
    }

    private func expectCopy(_ path: String) throws {
        let expected = directory.path("expected")
        try QemuImg.convert(top, to: expected)
        try Command.runSuccessfully("cmp", [expected, path])
    }

    @Test("a file that somebody writes to is not replaced, by whatever name it is called")
    func writtenFile() async throws {
        let link = directory.path("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: old)
        let writer = try ImageWriter(old)
        try await expectRefusal(of: old)
        try await expectRefusal(of: link)
        writer.stop()
        #expect(try QemuImg.io(old, ["read -P 7 0 512"]).contains("read 512/512"))
        _ = try await collapse(to: link).get()
        try expectCopy(old)
    }

    @Test("a file that somebody reads is not replaced")
    func readFile() async throws {
        let chain = try ImageChain(top: old)
        try await expectRefusal(of: old)
        withExtendedLifetime(chain) {}
        let overlay = directory.path("overlay.qcow2")
        try QemuImg.create(overlay, size: 1 << 20, backing: "old.qcow2")
        let writer = try ImageWriter(overlay)
        try await expectRefusal(of: old)
        writer.stop()
    }

    @Test("a device that somebody writes to keeps every byte")
    func writtenDevice() async throws {
        let device = try LoopDevice(byteCount: 1 << 20)
        let writer = try ImageWriter(device.path, format: "raw")
        try await expectRefusal(of: device.path)
        writer.stop()
        try QemuImg.io(device.path, ["read -P 7 0 512", "read -P 0 512 1023k"], format: "raw")
        _ = try await collapse(to: device.path).get()
        try expectCopy(device.path)
    }

    @Test("a target that is being written is refused to all others, and free afterwards")
    func beingWritten() async throws {
        let device = try LoopDevice(byteCount: 1 << 20)
        for path in [device.path, old, directory.path("new")] {
            let before = try Set(FileManager.default.contentsOfDirectory(atPath: directory.path))
            let publication = try Publication(
                target(path),
                chain: ImageChain(top: top),
                CollapseOptions()
            )
            let partial = try Set(FileManager.default.contentsOfDirectory(atPath: directory.path))
                .subtracting(before).first
            let written = partial.map(directory.path) ?? path
            #expect(throws: CommandError.self) { try ImageWriter(written, format: "raw") }
            if path != directory.path("new") { try await expectRefusal(of: path) }
            publication.abandon()
        }
        for path in [device.path, old, directory.path("new")] {
            _ = try await collapse(to: path).get()
            try expectCopy(path)
            try ImageWriter(path, format: "raw").stop()
        }
    }

    @Test(
        "of many collapses to one target at once each succeeds or finds it in use",
        arguments: [
            true, false,
        ]
    )
    func together(onDevice: Bool) async throws {
        let device = try LoopDevice(byteCount: 1 << 20)
        let path = onDevice ? device.path : old
        let results = await withTaskGroup(of: Result<CollapseReport, CollapseError>.self) { group in
            for _ in 0..<8 { group.addTask { await collapse(to: path) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let errors = results.compactMap { result -> CollapseError.Code? in
            if case .failure(let error) = result { error.code } else { nil }
        }
        #expect(errors.count < results.count)
        // A file may also have been replaced by a faster one meanwhile.
        #expect(errors.allSatisfy { $0 == .inUse || !onDevice && $0 == .targetExists })
        try expectCopy(path)
    }

    @Test("a file that took the name meanwhile is not replaced")
    func newcomer() throws {
        let publication = try Publication(
            target(old),
            chain: ImageChain(top: top),
            CollapseOptions()
        )
        try FileManager.default.removeItem(atPath: old)
        try Data("new".utf8).write(to: URL(fileURLWithPath: old))
        let error = #expect(throws: CollapseError.self) { try publication.publish() }
        #expect(error?.code == .targetExists)
        publication.abandon()
        #expect(try Data(contentsOf: URL(fileURLWithPath: old)) == Data("new".utf8))
    }
}
