// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
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

    @Test("each has the code and the text that oVirt has")
    func texts() async throws {
        let store = try SampleStore()
        let snapshots = try store.engine.answer(ListSnapshots(vmID: store.vm.id), as: Session())
        let active = try #require(snapshots.last)
        _ = try store.engine.run(
            SetStorageDomainStatus(id: store.domains[1].id, status: .maintenance),
            as: Session()
        )
        let archive =
            "<storage_domains><storage_domain id='\(store.domains[1].id)'/></storage_domains>"
        let known = store.snapshot.id
        let cluster = "<cluster><name>Default</name></cluster>"
        let clone = FaultTests.clone
        let refused: [(String, String)] = [
            (
                clone("myvm", known, cluster, ""),
                "409 [Cannot add VM. The VM name is already in use, please choose a unique name and try again.]"
            ),
            (
                clone(String(repeating: "x", count: 65), known, cluster, ""),
                "400 [Cannot add VM. The given name is too long.]"
            ),
            (clone("x", .init(), cluster, ""), "404 Entity not found:"),
            (
                clone("x", active.id, cluster, ""),
                "409 [Cannot add VM. The operation is only allowed for regular snapshots.]"
            ),
            (
                clone("x", known, "<cluster><name>none</name></cluster>", ""),
                "400 [Cannot add VM. The relevant Cluster doesn't exist.]"
            ),
            (clone("x", known, "", ""), "400 Vm [cluster.id|name] required for add"),
            (clone("", known, cluster, ""), "400 [Can not add VM. The given name is empty.]"),
            ("<vm/>", "400 Vm [name, cluster.id|name] required for add"),
            (
                clone(
                    "x",
                    known,
                    cluster,
                    FaultTests.disk(store.data.id, "<format>cow</format><sparse>false</sparse>")
                ),
                "409 [Cannot add VM. Disk configuration (COW Preallocated backup-None) is incompatible with the storage domain type.]"
            ),
            (
                clone("x", known, cluster, FaultTests.disk(store.data.id, archive)),
                "409 [Cannot add VM. The relevant Storage Domain's status is maintenance.]"
            ),
        ]
        try await APIClient.test(store) { client in
            for (body, expected) in refused {
                let reply = try await client.ask(.post, "vms", body)
                #expect(reply.fault == expected)
                #expect(reply.document?.name == "fault")
            }
            let unknown = try await client.get("vms/\(UUID())")
            #expect(unknown.status == 404 && unknown.body.isEmpty)
            let start = try await client.ask(.post, "vms/\(store.vm.id)/start", "<action/>")
            #expect(start.status == 409)
            #expect(start.fault.contains("There is no hypervisor"))
            let nameless = try await client.ask(
                .post,
                "vms/\(store.vm.id)/snapshots",
                "<snapshot/>"
            )
            #expect(nameless.fault == "400 Snapshot [description] required for add")
        }
        let vms = try store.engine.answer(ListVMs(), as: Session())
        #expect(vms.map(\.name) == ["myvm"])
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

    @Test("a disk too large for its domain is refused, and the plan tells so before")
    func space() async throws {
        let store = try SampleStore()
        let free = try #require(
            try store.engine.answer(ListStorageDomains(), as: Session()).first?.freeBytes
        )
        var disk = AddDisk(
            vmID: store.vm.id,
            domainID: store.domains[0].id,
            alias: "huge",
            capacityBytes: free * 2
        )
        disk.shape = VolumeShape(.raw, .sparse)
        _ = try store.engine.run(disk, as: Session())
        let snapshot = try store.engine.run(
            CreateSnapshot(vmID: store.vm.id, description: "large"),
            as: Session()
        )
        let huge = try store.engine.answer(Find.disk("huge"), as: Session())
        let words = FaultTests.disk(huge, "<format>raw</format><sparse>false</sparse>")
        let body = FaultTests.clone("x", of: snapshot.id, disks: words)
        try await APIClient.test(store) { client in
            for path in ["vms", "vms/plan"] {
                let reply = try await client.ask(.post, path, body)
                #expect(reply.status == 409)
                #expect(reply.fault.contains("Low disk space on Storage Domain fast"))
            }
        }
    }
}
