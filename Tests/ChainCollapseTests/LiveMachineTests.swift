// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport
import Testing

@Suite("Beside a running machine", .serialized)
struct LiveMachineTests {
    private let directory: TemporaryDirectory
    private let machine: LiveMachine
    /// For each frozen layer, the base first, between which records it was frozen.
    private let frozen: [ClosedRange<Int>]
    private var top: String { machine.layer(frozen.count) }

    /// A machine of which four snapshots were taken while it wrote.
    init() throws {
        directory = try TemporaryDirectory()
        let machine = try LiveMachine(in: directory)
        self.machine = machine
        frozen = try (0..<4).map { _ in
            try machine.awaitRecords(20)
            return try machine.takeSnapshot()
        }
        try machine.awaitRecords(20)
    }

    /// Collapses the chain up to a layer and returns the last record in the copy.
    private func lastRecord(_ number: Int) async throws -> Int {
        let path = directory.path("copy\(number)")
        let target = CollapseTarget(path: path, format: .raw(), replacesExisting: true)
        let source = CollapseSource(path: machine.layer(number))
        _ = try await Collapse(source: source, target: target).run()
        return try RecordingGuest.lastRecord(in: path)
    }

    @Test("every frozen layer is the disk at one moment, and stays it while the guest goes on")
    func momentsInTime() async throws {
        var last: [Int] = []
        for number in frozen.indices {
            last.append(try await lastRecord(number))
            #expect(frozen[number].contains(last[number]), "layer \(number)")
        }
        try machine.awaitRecords(20)
        for number in frozen.indices {
            #expect(try await lastRecord(number) == last[number], "layer \(number)")
        }
    }

    @Test("the layer that the guest writes to is refused, and the one that can be had named")
    func liveTop() async throws {
        let target = CollapseTarget(path: directory.path("copy"), format: .raw())
        let collapse = Collapse(source: CollapseSource(path: top), target: target)
        let error = await #expect(throws: CollapseError.self) { try await collapse.run() }
        #expect(error?.code == .inUse)
        #expect(
            error?.message
                == "\(top): this layer is live: a running VM or another program writes to it; "
                + "\(machine.layer(frozen.count - 1)) below it is frozen and can be collapsed "
                + "instead (--wait-lock SECONDS waits for the writer to end)"
        )
        #expect(!FileManager.default.fileExists(atPath: target.path))
        try machine.awaitRecords(1)
    }

    @Test("QEMU merges no layer that is being read, snapshots all the same, and merges afterwards")
    func merging() async throws {
        let last = try await lastRecord(3)
        try withExtendedLifetime(try ImageChain(top: machine.layer(3))) {
            let commit = #expect(throws: RefusedError.self) { try machine.commit(3) }
            #expect(commit?.description == "Failed to get \"write\" lock")
            let stream = #expect(throws: RefusedError.self) { try machine.stream(3) }
            #expect(stream?.description == "Failed to get \"write\" lock")
            _ = try machine.takeSnapshot()
        }
        #expect(try await lastRecord(3) == last)
        try machine.stream(3)
        #expect(try await lastRecord(3) == last)
        try machine.commit(1)
        #expect(try await lastRecord(3) == last)
        try machine.awaitRecords(1)
    }
}
