// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CloneEngine

@Suite("Permissions")
struct PermissionTests {
    private static let denied = ["USER_NOT_AUTHORIZED_TO_PERFORM_ACTION"]

    let workshop: Workshop
    let eve = Session(userName: "eve@internal")

    init() throws {
        workshop = try Workshop()
        try workshop.run(AddUser(name: eve.userName, password: "a long password"))
    }

    private func permission(
        _ role: Permission.Role,
        _ object: ObjectReference,
        of user: String = "eve@internal"
    ) -> Permission {
        Permission(userName: user, role: role, object: object)
    }

    private func grant(_ role: Permission.Role, _ object: ObjectReference) throws {
        try workshop.run(GrantPermission(permission(role, object)))
    }

    private func keys<C: CloneEngine.Command>(_ command: C) -> [String] {
        workshop.keys { _ = try workshop.engine.run(command, as: eve) }
    }

    @Test("a clone needs a role on its source, one that makes VMs, and one for each target domain")
    func clone() async throws {
        let disk = try workshop.addDisk("data")
        let snapshot = try workshop.snapshot("s")
        var wish = CloneVMFromSnapshot(snapshotID: snapshot.id, name: "clone")
        wish.disks[disk.id, default: .init()].domainID = workshop.second.id
        func keys() -> [String] {
            workshop.keys { _ = try workshop.engine.plan(wish, as: eve) }
        }
        // Who may make VMs may not read those of others.
        try grant(.vmCreator, .system)
        #expect(keys() == ["VM_SNAPSHOT_DOES_NOT_EXIST"])
        try grant(.user, .vm(workshop.vm.id))
        #expect(keys() == Self.denied)
        try grant(.diskCreator, .domain(workshop.first.id))
        #expect(keys() == Self.denied)
        try grant(.diskCreator, .domain(workshop.second.id))
        #expect(keys() == [])
        let revoked = permission(.vmCreator, .system)
        try workshop.run(GrantPermission(revoked, isGranted: false))
        #expect(keys() == Self.denied)
        try workshop.run(GrantPermission(revoked))
        try await workshop.engine.start(wish, as: eve).finish()
        try proveOwnership()
    }

    /// Who has made a VM may do everything with it, and not more with its source than before.
    private func proveOwnership() throws {
        let clone = try workshop.engine.answer(Find.vm("clone"), as: eve)
        #expect(keys(RemoveVM(id: workshop.vm.id)) == Self.denied)
        #expect(keys(AddNIC(vmID: workshop.vm.id, name: "nic")) == Self.denied)
        #expect(keys(AddNIC(vmID: clone, name: "nic")) == [])
        let job = try workshop.engine.answer(ListJobs(), as: eve)
        #expect(job.count == 1)
        let mine = try workshop.engine.answer(ListPermissions(on: .vm(clone)), as: eve)
        #expect(mine.map(\.permission) == [permission(.vmOwner, .vm(clone))])
        #expect(mine.map(\.objectName) == ["clone"])
        #expect(keys(RemoveVM(id: clone)) == [])
        // Nothing of it is left, whoever takes the id.
        let left = try workshop.ask(ListPermissions(of: eve.userName)).map(\.permission.object)
        #expect(!left.contains(.vm(clone)))
        #expect(!left.contains { $0.kind == .disk })
    }

    @Test("an administrator's VMs carry no permission of his own")
    func administrator() throws {
        #expect(try workshop.ask(ListPermissions(on: .vm(workshop.vm.id))).isEmpty)
    }

    @Test("who uses a VM may plug its disks if his role says so, and change nothing else")
    func roles() throws {
        let disk = try workshop.addDisk("data")
        let plug = PlugDisk(diskID: disk.id, vmID: workshop.vm.id, isPlugged: false)
        try grant(.user, .vm(workshop.vm.id))
        #expect(keys(plug) == Self.denied)
        try grant(.runTimeManager, .vm(workshop.vm.id))
        #expect(keys(plug) == [])
        #expect(keys(RemoveDisk(id: disk.id)) == Self.denied)
        #expect(
            keys(CreateSnapshot(vmID: workshop.vm.id, description: "s", domainID: nil))
                == Self.denied
        )
        try grant(.vmOwner, .vm(workshop.vm.id))
        #expect(keys(RemoveDisk(id: disk.id)) == [])
    }

    @Test("a disk is attached and removed only by who may do that with the disk itself")
    func foreignDisk() throws {
        let shared = try workshop.addDisk("shared", VolumeShape(.raw, .sparse), isShareable: true)
        try grant(.vmCreator, .system)
        let mine = try workshop.engine.run(AddVM(name: "mine"), as: eve)
        #expect(keys(AttachDisk(diskID: shared.id, vmID: mine.id)) == Self.denied)
        try workshop.run(DetachDisk(diskID: shared.id, vmID: workshop.vm.id))
        #expect(keys(AttachDisk(diskID: shared.id, vmID: mine.id)) == Self.denied)
        #expect(keys(RemoveDisk(id: shared.id)) == Self.denied)
        try grant(.diskOperator, .disk(shared.id))
        #expect(keys(AttachDisk(diskID: shared.id, vmID: mine.id)) == [])
        try workshop.run(AttachDisk(diskID: shared.id, vmID: workshop.vm.id))
        // Now another VM has it as well, whose disks are not his.
        #expect(keys(RemoveDisk(id: shared.id)) == Self.denied)
    }

    @Test("who looks after a domain may use the disks in it")
    func domainRole() throws {
        let disk = try workshop.addDisk("data")
        try workshop.run(DetachDisk(diskID: disk.id, vmID: workshop.vm.id))
        try grant(.storageAdministrator, .domain(workshop.second.id))
        #expect(keys(RemoveDisk(id: disk.id)) == Self.denied)
        try grant(.storageAdministrator, .domain(workshop.first.id))
        #expect(keys(RemoveDisk(id: disk.id)) == [])
    }

    @Test("nobody gives more than he has, nor to somebody who is not there")
    func granting() throws {
        try workshop.run(AddUser(name: "bob@internal", password: "a long password"))
        let vm = ObjectReference.vm(workshop.vm.id)
        let toBob = { permission($0, vm, of: "bob@internal") }
        #expect(keys(GrantPermission(toBob(.user))) == Self.denied)
        try grant(.vmOwner, vm)
        #expect(keys(GrantPermission(toBob(.user))) == [])
        #expect(keys(GrantPermission(toBob(.vmOwner))) == [])
        #expect(keys(GrantPermission(toBob(.superUser))) == Self.denied)
        #expect(
            keys(GrantPermission(permission(.user, .system, of: "bob@internal"))) == Self.denied
        )
        #expect(
            keys(GrantPermission(permission(.user, vm, of: "mallory@internal"))) == [
                "USER_NOT_FOUND"
            ]
        )
        try grant(.clusterAdministrator, .system)
        #expect(keys(GrantPermission(permission(.superUser, .system))) == Self.denied)
        #expect(
            keys(SetPassword(name: "bob@internal", password: "another password")) == Self.denied
        )
        let codes = try workshop.events.map(\.code)
        #expect(codes.filter { $0 == 20020 }.count == 4)
    }

    @Test("a role that is not there cannot be taken back, nor the local administrator's")
    func revoking() throws {
        let vm = ObjectReference.vm(workshop.vm.id)
        let revoke = { GrantPermission($0, isGranted: false) }
        #expect(
            workshop.keys { try workshop.run(revoke(permission(.user, vm))) }
                == ["PERMISSION_NOT_FOUND"]
        )
        let administrator = permission(.superUser, .system, of: Session.administrator)
        #expect(workshop.keys { try workshop.run(revoke(administrator)) } == ["ADMINISTRATOR_ROLE"])
        let nowhere = permission(.user, .vm(.init(rawValue: "x")))
        #expect(workshop.keys { try workshop.run(GrantPermission(nowhere)) } == ["VM_NOT_FOUND"])
    }

    @Test("who asks sees his own permissions, and those on what he manages")
    func listing() throws {
        try workshop.run(AddUser(name: "bob@internal", password: "a long password"))
        let vm = ObjectReference.vm(workshop.vm.id)
        try workshop.run(GrantPermission(permission(.user, vm, of: "bob@internal")))
        func users(_ query: ListPermissions) throws -> [String] {
            try workshop.engine.answer(query, as: eve).map(\.permission.userName)
        }
        #expect(try users(ListPermissions()) == [])
        #expect(workshop.keys { _ = try users(ListPermissions(on: vm)) } == ["VM_NOT_FOUND"])
        try grant(.user, vm)
        #expect(try users(ListPermissions(on: vm)) == ["eve@internal"])
        try grant(.vmOwner, vm)
        #expect(Set(try users(ListPermissions(on: vm))) == ["bob@internal", "eve@internal"])
        #expect(try users(ListPermissions(of: Session.administrator)) == [])
        #expect(try workshop.ask(ListPermissions()).totalCount == 4)
    }
}
