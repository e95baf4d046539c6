// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import ChainCollapse

/// Locks belong to an open file: another opening of the same file in the same process neither
/// stands in their way nor takes them along when it closes.
@Suite("Locks within one process")
struct SharedProcessTests {
    private let directory: TemporaryDirectory
    private let top: String

    init() throws {
        directory = try TemporaryDirectory()
        let base = directory.path("base.qcow2")
        top = directory.path("top.qcow2")
        try QemuImg.create(base, size: 1 << 20)
        try QemuImg.io(base, ["write -q -P 1 0 512k"])
        try QemuImg.create(top, size: 1 << 20, backing: "base.qcow2")
        try QemuImg.io(top, ["write -q -P 2 256k 512k"])
        try QemuImg.convert(top, to: directory.path("expected"))
    }

    private func collapse(to name: String) async throws {
        let target = CollapseTarget(path: directory.path(name), format: .raw())
        _ = try await Collapse(source: CollapseSource(path: top), target: target).run()
        try Command.runSuccessfully("cmp", [directory.path("expected"), target.path])
    }

    private func commits() throws -> Bool {
        try Command.run("qemu-img", ["commit", "-q", top]).status == 0
    }

    @Test("one chain is collapsed many times at once")
    func together() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 { group.addTask { try await collapse(to: "flat\(number)") } }
            try await group.waitForAll()
        }
        #expect(try commits())
    }

    @Test("who holds a chain open can collapse it, and still holds it then")
    func whileHeld() async throws {
        let chain = try ImageChain(top: top)
        try await collapse(to: "flat")
        #expect(try !commits())
        withExtendedLifetime(chain) {}
    }

    @Test("closing a chain, or reading its files in passing, leaves another opening locked")
    func closingOne() throws {
        var chains = [try ImageChain(top: top), try ImageChain(top: top)]
        chains.removeFirst()
        _ = try Data(contentsOf: URL(fileURLWithPath: top))
        #expect(try !commits())
        chains.removeAll()
        #expect(try commits())
    }

    @Test("a storage daemon opens no layer that is read, and none is read that it writes to")
    func storageDaemon() throws {
        let daemon = try StorageDaemon()
        withExtendedLifetime(try ImageChain(top: top)) {
            let error = #expect(throws: RefusedError.self) { try daemon.open(top, as: "top") }
            #expect(error?.description == "Failed to get \"write\" lock")
        }
        try daemon.open(top, as: "top")
        let error = #expect(throws: CollapseError.self) { try ImageChain(top: top) }
        #expect(error?.code == .inUse)
        try daemon.close("top")
        withExtendedLifetime(try ImageChain(top: top)) {}
    }
}
