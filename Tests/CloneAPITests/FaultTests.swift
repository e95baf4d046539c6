// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import HTTPTypes
import TestSupport
import Testing

@testable import CloneAPI
@testable import CloneEngine

/// The faults of a clone that can be provoked, with oVirt's codes and texts.
@Suite("Faults of a clone")
struct FaultTests {
    /// The document of a clone.
    private static func clone(
        _ name: String,
        of snapshot: Snapshot.ID,
        cluster: String = "<cluster><name>Default</name></cluster>",
        disks: String = ""
    ) -> String {
        """
        <vm><name>\(name)</name>\(cluster)
        <snapshots><snapshot id="\(snapshot)"/></snapshots>
        <disk_attachments>\(disks)</disk_attachments></vm>
        """
    }

    private static func disk(_ id: Disk.ID, _ words: String) -> String {
        "<disk_attachment><disk><image_id>\(id)</image_id>\(words)</disk></disk_attachment>"
    }

    /// One reason against a clone: how it comes about, what is asked then, and what is answered.
    struct Row: Sendable, CustomTestStringConvertible {
        /// What oVirt calls it.
        let key: String
        let answer: String
        var body: @Sendable (SampleStore) throws -> String = {
            FaultTests.clone("x", of: $0.snapshot.id)
        }
        var provoke: @Sendable (SampleStore) throws -> Void = { _ in }
        /// The plan of the clone tells so, too.
        var isPlanned = false

        var testDescription: String { key }
    }

    private static let rows: [Row] = [
        // Clients get to this row of oVirt's table by other ways than REST, which asks for the
        // configuration first.
        Row(key: "VM_SNAPSHOT_DOES_NOT_EXIST", answer: "404 Entity not found:") { _ in
            clone("x", of: .init())
        },
        Row(
            key: "VM_IS_DURING_SNAPSHOT",
            answer:
                "409 [Cannot add VM. The VM is performing an operation on a Snapshot. Please wait for the operation to finish, and try again., Cannot add VM: The following disks are locked: data, system. Please try again in a few minutes.]",
            provoke: { store in
                // Stored, and nobody is at work on it.
                _ = try store.engine.run(DeleteSnapshot(id: store.snapshot.id), as: Session())
            }
        ),
        Row(
            key: "VM_SNAPSHOT_HAS_NO_CONFIGURATION",
            answer:
                "400 [Cannot add VM. The snapshot mysnap of VM myvm has no configuration available. Please choose a snapshot with configuration available.]",
            provoke: { try $0.change("UPDATE snapshot SET configuration = 'broken'") }
        ),
        Row(
            key: "VM_SNAPSHOT_TYPE_NOT_REGULAR",
            answer: "409 [Cannot add VM. The operation is only allowed for regular snapshots.]"
        ) { store in
            let snapshots = try store.engine.answer(
                ListSnapshots(vmID: store.vm.id),
                as: Session()
            )
            return clone("x", of: try #require(snapshots.last?.id))
        },
        Row(
            key: "DISKS_LOCKED",
            answer:
                "409 [Cannot add VM: The following disks are locked: data, system. Please try again in a few minutes.]",
            provoke: { store in
                let older = try store.engine.answer(
                    ListSnapshots(vmID: store.vm.id),
                    as: Session()
                )[0]
                _ = try store.engine.run(DeleteSnapshot(id: older.id), as: Session())
            }
        ),
        Row(
            key: "STORAGE_DOMAIN_NOT_EXIST",
            answer: "400 [Cannot add VM. Storage Domain doesn't exist.]"
        ) { store in
            let domain = "<storage_domains><storage_domain id='none'/></storage_domains>"
            return clone("x", of: store.snapshot.id, disks: disk(store.data.id, domain))
        },
        Row(
            key: "STORAGE_DOMAIN_STATUS_ILLEGAL2",
            answer: "409 [Cannot add VM. The relevant Storage Domain's status is maintenance.]",
            provoke: { try $0.closeDomain() }
        ),
        Row(
            key: "VM_IS_LOCKED",
            answer: "409 [Cannot add VM: VM is locked. Please try again in a few minutes.]",
            provoke: { try $0.change("UPDATE virtualMachine SET status = 'image_locked'") }
        ),
        Row(
            key: "CLUSTER_CAN_NOT_BE_EMPTY",
            answer: "400 [Cannot add VM. The relevant Cluster doesn't exist.]"
        ) { clone("x", of: $0.snapshot.id, cluster: "<cluster><name>none</name></cluster>") },
        Row(
            key: "NAME_MAY_NOT_BE_EMPTY",
            answer: "400 [Can not add VM. The given name is empty.]"
        ) { clone("", of: $0.snapshot.id) },
        Row(
            key: "NAME_LENGTH_IS_TOO_LONG",
            answer: "400 [Cannot add VM. The given name is too long.]"
        ) { clone(String(repeating: "x", count: 65), of: $0.snapshot.id) },
        Row(
            key: "NAME_ALREADY_USED",
            answer:
                "409 [Cannot add VM. The VM name is already in use, please choose a unique name and try again.]"
        ) { clone("myvm", of: $0.snapshot.id) },
        Row(
            key: "DISK_SPACE_LOW_ON_STORAGE_DOMAIN",
            answer: "409 [Cannot add VM. Low disk space on Storage Domain fast: ",
            body: { store in
                let (disk, snapshot) = try store.addHugeDisk()
                let shape = "<format>raw</format><sparse>false</sparse>"
                return clone("x", of: snapshot, disks: FaultTests.disk(disk, shape))
            },
            isPlanned: true
        ),
        Row(
            key: "MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES",
            answer: "409 [Not enough MAC addresses left in MAC Address Pool.]",
            provoke: { try $0.takeAllMACAddresses() }
        ),
        Row(
            key: "DISK_CONFIGURATION_NOT_SUPPORTED",
            answer:
                "409 [Cannot add VM. Disk configuration (COW Preallocated backup-None) is incompatible with the storage domain type.]"
        ) { store in
            let shape = "<format>cow</format><sparse>false</sparse>"
            return clone("x", of: store.snapshot.id, disks: disk(store.data.id, shape))
        },
        Row(
            key: "USER_NOT_AUTHORIZED_TO_PERFORM_ACTION",
            answer: "403 [User is not authorized to perform this action.]",
            provoke: { store in
                try store.grant(.user, to: "admin@internal", on: .vm(store.vm.id))
                try store.change("DELETE FROM permission WHERE objectKind = 'system'")
            }
        ),
        Row(
            key: "several: a bad request outweighs a conflict",
            answer:
                "400 [Cannot add VM. The given name is too long., Cannot add VM. The relevant Storage Domain's status is maintenance.]",
            body: { clone(String(repeating: "x", count: 65), of: $0.snapshot.id) },
            provoke: { try $0.closeDomain() }
        ),
        Row(key: "no cluster", answer: "400 Vm [cluster.id|name] required for add") {
            clone("x", of: $0.snapshot.id, cluster: "")
        },
        Row(key: "nothing", answer: "400 Vm [name, cluster.id|name] required for add") { _ in
            "<vm/>"
        },
    ]

    @Test("each has the code and the text that oVirt has", arguments: rows)
    func texts(row: Row) async throws {
        let store = try SampleStore()
        let body = try row.body(store)
        try row.provoke(store)
        let before = try store.engine.answer(ListVMs(), as: Session()).count
        try await APIClient.test(store) { client in
            for path in ["vms"] + (row.isPlanned ? ["vms/plan"] : []) {
                let reply = try await client.ask(.post, path, body)
                #expect(reply.fault.hasPrefix(row.answer), "\(reply.fault)")
                #expect(reply.document?.name == "fault")
                #expect(reply.document?.text("reason") != nil)
            }
        }
        #expect(try store.engine.answer(ListVMs(), as: Session()).count == before)
    }

    @Test("what is not there, cannot be done or is not complete has its code, too")
    func others() async throws {
        let store = try SampleStore()
        try await APIClient.test(store) { client in
            let unknown = try await client.get("vms/\(UUID())")
            #expect(unknown.status == 404 && unknown.body.isEmpty)
            let start = try await client.ask(.post, "vms/\(store.vm.id)/start", "<action/>")
            #expect(start.status == 409)
            #expect(start.fault.contains("There is no hypervisor"))
            let path = "vms/\(store.vm.id)/snapshots"
            let nameless = try await client.ask(.post, path, "<snapshot/>")
            #expect(nameless.fault == "400 Snapshot [description] required for add")
        }
    }

    @Test("locked snapshots, locked VMs and domains that are full refuse a clone")
    func locks() async throws {
        let store = try SampleStore()
        var wish = CloneVMFromSnapshot(snapshotID: store.snapshot.id, name: "slow")
        // Not done before it is cancelled.
        wish.bytesPerSecond = 1000
        // Each domain takes a few copies at a time, and others are to have their turns.
        for disk in [store.system, store.data] {
            wish.disks[disk.id, default: .init()].domainID = store.domains[1].id
        }
        let job = try store.engine.start(wish, as: Session())
        let slow = try #require(job.job.vmID)
        try await APIClient.test(store) { client in
            // Others of the same snapshot are welcome meanwhile.
            let body = FaultTests.clone("quick", of: store.snapshot.id)
            let quick = try await client.ask(.post, "vms", body, [.expect: "201-created"])
            #expect(quick.status == 201, "\(quick.text)")
            let locked = try await client.get("vms/\(slow)")
            #expect(locked.document?.text("status") == "image_locked")
            let path = "vms/\(store.vm.id)/snapshots/\(store.snapshot.id)"
            let removal = try await client.ask(.delete, path)
            #expect(removal.status == 409)
            #expect(removal.fault.contains("Related operation is currently in progress"))
            let start = try await client.ask(.delete, "vms/\(slow)")
            #expect(start.status == 409)
            // Cancelled, it is gone, and its clients are told so.
            let cancel = try await client.ask(.post, "jobs/\(job.job.id)/cancel", "<action/>")
            #expect(cancel.status == 200, "\(cancel.text)")
            await #expect(throws: EngineError.self) { try await job.finish() }
            #expect(try await client.get("vms/\(slow)").status == 404)
            let status = try await client.get("jobs/\(job.job.id)").document?.text("status")
            #expect(status == "aborted")
        }
    }
}

extension SampleStore {
    /// Changes what no command can.
    fileprivate func change(_ sql: String) throws {
        try engine.store.write { try $0.execute(sql: sql) }
    }

    /// Takes the domain of all disks out of use.
    fileprivate func closeDomain() throws {
        let command = SetStorageDomainStatus(id: domains[0].id, status: .maintenance)
        _ = try engine.run(command, as: Session())
    }

    /// Gives the VM a disk that is larger than its domain, in a snapshot.
    fileprivate func addHugeDisk() throws -> (Disk.ID, Snapshot.ID) {
        let free = try engine.answer(ListStorageDomains(), as: Session()).first?.freeBytes
        var disk = AddDisk(
            vmID: vm.id,
            domainID: domains[0].id,
            alias: "huge",
            capacityBytes: try #require(free) * 2
        )
        disk.shape = VolumeShape(.raw, .sparse)
        let id = try engine.run(disk, as: Session()).id
        let snapshot = CreateSnapshot(vmID: vm.id, description: "huge")
        return (id, try engine.run(snapshot, as: Session()).id)
    }

    /// Gives the VM cards with all addresses of the pool that none has.
    fileprivate func takeAllMACAddresses() throws {
        let pool = MACPool.standard.range
        let (first, last) = (pool.lowerBound.rawValue, pool.upperBound.rawValue)
        try change(
            """
            WITH RECURSIVE addresses(number) AS (
                SELECT \(first) UNION ALL SELECT number + 1 FROM addresses WHERE number < \(last)
            )
            INSERT INTO networkInterface
            SELECT number, vmID, number, number, model, network, isPlugged, address
            FROM networkInterface, addresses
            WHERE number NOT IN (SELECT macAddress FROM networkInterface)
            """
        )
    }
}
