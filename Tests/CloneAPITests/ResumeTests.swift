// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport
import Testing

@testable import CloneEngine

@Suite("clone-vm serve --at-end resume", .timeLimit(.minutes(5)))
struct ResumeTests {
    private let store: SampleStore
    private let large: Disk

    /// A snapshot `large`, of a third disk with 16 MiB of data.
    init() throws {
        store = try SampleStore()
        let bytes = UInt64(16 * SampleStore.mebibyte)
        var disk = AddDisk(
            vmID: store.vm.id,
            domainID: store.domains[1].id,
            alias: "large",
            capacityBytes: bytes
        )
        disk.shape = VolumeShape(.raw, .sparse)
        large = try store.engine.run(disk, as: Session())
        try QemuImg.io(try path(of: large), ["write -P 5 0 16M"], format: "raw")
        let snapshot = CreateSnapshot(vmID: store.vm.id, description: "large")
        _ = try store.engine.run(snapshot, as: Session())
    }

    private func path(of disk: Disk) throws -> String {
        let volumes = try store.engine.answer(ShowDisk(id: disk.id), as: Session()).volumes
        return try #require(volumes.last?.path)
    }

    /// The only file of a name's end in the domain of the large disk's copy.
    private func file(_ suffix: String) throws -> String? {
        let words = [store.domains[1].path, "-name", "*\(suffix)"]
        let text = try Command.runSuccessfully("find", words).text
        return text.split(separator: "\n").first.map(String.init)
    }

    /// Whether the journal tells of more than what is copied: behind its first block, whose first word
    /// counts its words but the five of a block's frame, there is another.
    private func tellsOfChunks(_ journal: String?) -> Bool {
        guard let journal, let data = FileManager.default.contents(atPath: journal),
            data.count > 8
        else { return false }
        let words = data.prefix(8).reduce(0) { $0 << 8 | Int($1) }
        return data.count > (words + 5) * 8
    }

    private func status(of name: String) throws -> VirtualMachine.Status? {
        try store.engine.answer(ListVMs(), as: Session()).first { $0.name == name }?.status
    }

    private func wait(for condition: () throws -> Bool) async throws {
        while try !condition() { try await Task.sleep(for: .milliseconds(50)) }
    }

    /// Lets the copies of the clone go as fast as they can.
    private func hurry() throws {
        try store.engine.store.write { database in
            try database.execute(
                sql: "UPDATE job SET work = replace(work, '\"bytesPerSecond\":200000', "
                    + "'\"bytesPerSecond\":900000000')"
            )
        }
    }

    @Test(
        "the next server goes on where the copies were, whether the last was ended or killed",
        arguments: [false, true]
    )
    func resumes(isKilled: Bool) async throws {
        let server = try store.serve(["--at-end", "resume"])
        try store.startClone(of: "large", bytesPerSecond: 200_000, with: server)
        try await wait { try tellsOfChunks(file("-journal")) }
        if isKilled { server.crash() } else { server.stop() }

        // Others leave it alone.
        let other = try Engine(state: store.state)
        #expect(try other.check() == [])
        #expect(try status(of: "slow") == .imageLocked)

        // What is copied already is not copied again: this stays.
        let partial = try #require(try file("-partial"))
        try QemuImg.io(partial, ["write -P 238 0 4k"], format: "raw")
        try hurry()
        let next = try store.serve()
        try await wait { try status(of: "slow") != .imageLocked }
        next.stop()
        #expect(try status(of: "slow") == .down)
        #expect(try store.engine.check() == [])
        let clone = try store.engine.answer(ListDisks(), as: Session())
            .first { $0.disk.alias == "large_slow" }
        let content = try QemuImg.io(
            try #require(clone?.volumes.last?.path),
            ["read -P 238 0 4k", "read -P 5 4k 16380k"],
            format: "raw"
        )
        #expect(!content.contains("Pattern verification failed"), "\(content)")
        let codes = try store.engine.answer(ListEvents(limit: 1000), as: Session()).map(\.code)
        #expect(codes.suffix(2) == [20014, 53])
        #expect(try file("-partial") == nil && file("-journal") == nil)
    }
}
