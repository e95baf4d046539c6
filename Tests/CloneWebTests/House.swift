// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import CloneWeb
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport

/// An engine with a VM, its disks and a snapshot, and the pages that show them.
struct House: Sendable {
    static let password = "correct horse battery"
    static let mebibyte = UInt64(1 << 20)

    let directory: TemporaryDirectory
    let engine: Engine
    private let isSecure: Bool
    let session = Session()
    let first: StorageDomain
    let second: StorageDomain
    let vm: VirtualMachine
    let system: Disk
    let snapshot: Snapshot

    /// The disk `system` has a layer below the snapshot and one above it; `shared` is shareable;
    /// `gone` was in the snapshot.
    init(isSecure: Bool = true, dataMebibytes: Int = 2) throws {
        directory = try TemporaryDirectory()
        let engine = try Engine(state: directory.path("state"))
        (self.engine, self.isSecure) = (engine, isSecure)
        func domain(_ name: String, _ path: String) throws -> StorageDomain {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
            return try engine.run(AddStorageDomain(name: name, path: path), as: Session())
        }
        first = try domain("first", directory.path("first"))
        second = try domain("second", directory.path("second"))
        for name in ["admin", "jane"] {
            _ = try engine.run(
                AddUser(name: "\(name)@internal", password: House.password),
                as: session
            )
        }
        let vm = try engine.run(AddVM(name: "web"), as: session)
        self.vm = vm
        let domainID = first.id
        func disk(_ alias: String, isShareable: Bool = false) throws -> Disk {
            var command = AddDisk(
                vmID: vm.id,
                domainID: domainID,
                alias: alias,
                capacityBytes: UInt64(4 * dataMebibytes) * House.mebibyte
            )
            command.isShareable = isShareable
            command.shape = VolumeShape(isShareable ? .raw : .cow, .sparse)
            return try engine.run(command, as: Session())
        }
        system = try disk("system")
        _ = try disk("shared", isShareable: true)
        let gone = try disk("gone")
        try QemuImg.io(try House.path(of: system.id, engine), ["write -P 7 1M \(dataMebibytes)M"])
        snapshot = try engine.run(CreateSnapshot(vmID: vm.id, description: "before"), as: session)
        _ = try engine.run(RemoveDisk(id: gone.id), as: session)
        try QemuImg.io(try House.path(of: system.id, engine), ["write -P 9 0 4M"])
    }

    /// All routes of the pages.
    var router: Router<BasicRequestContext> {
        let router = Router()
        WebRoutes(engine, isSecure: isSecure).add(to: router)
        return router
    }

    /// The file that a disk's guest writes to.
    static func path(of disk: Disk.ID, _ engine: Engine) throws -> String {
        try engine.answer(ShowDisk(id: disk), as: Session()).volumes.last?.path ?? ""
    }

    /// Lets a test visit the pages.
    func visit(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void)
        async throws
    {
        try await Application(router: router).test(.router, body)
    }

    /// Logs a user in.
    func browser(
        _ client: any TestClientProtocol,
        as name: String = "admin"
    ) async throws -> Browser {
        let token = try await engine.logIn(
            "\(name)@internal",
            password: House.password,
            from: "test"
        )
        return Browser(client: client, token: token)
    }

    static let root = "/ovirt-engine/webadmin"
    var clonePath: String { "\(House.root)/vms/\(vm.id)/snapshots/\(snapshot.id)/clone" }

    /// The fields of the dialog as it is opened, for a VM of a name.
    func dialog(_ name: String) -> [String: String] {
        [
            "name": name, "shared": "attach-unplugged", "action": "clone",
            "disk.\(system.id).row": "1", "disk.\(system.id).include": "on",
        ]
    }
}
