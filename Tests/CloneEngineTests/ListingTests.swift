// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CloneEngine

@Suite("Listings with searches, pages and permissions")
struct ListingTests {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        for name in ["web1", "Web2", "db_1", "dbx1"] {
            var details = VirtualMachine.Details()
            details.description = "the \(name) machine"
            details.memoryBytes = name.hasPrefix("db") ? 4 << 30 : 1 << 30
            try workshop.run(AddVM(name: name, details: details))
        }
    }

    private func names(_ search: String, isCaseSensitive: Bool = false) throws -> [String] {
        let options = ListingOptions(search: search, isCaseSensitive: isCaseSensitive)
        return try workshop.ask(ListVMs(options)).map(\.name)
    }

    private static let searches: [(String, [String])] = [
        ("", ["db_1", "dbx1", "source", "web1", "Web2"]),
        ("name=WEB1", ["web1"]),
        ("name=web*", ["web1", "Web2"]),
        ("name=*1", ["db_1", "dbx1", "web1"]),
        // Nothing but the star means anything but itself.
        ("name=db_1*", ["db_1"]),
        ("name=db%1", []),
        ("name=db?1", []),
        ("name='web1'", []),
        ("name=\"x' or '1'='1\"", []),
        ("name!=source", ["db_1", "dbx1", "web1", "Web2"]),
        ("name=web1 or name=dbx1", ["dbx1", "web1"]),
        ("mem>1024", ["db_1", "dbx1"]),
        ("mem=4GB", ["db_1", "dbx1"]),
        ("mem<=1GiB and name=web*", ["web1", "Web2"]),
        ("machine", ["db_1", "dbx1", "web1", "Web2"]),
        ("MACHINE web", ["web1", "Web2"]),
        ("status=down name=s*", ["source"]),
        ("status!=down", []),
        ("creationdate>2020-01-01", ["db_1", "dbx1", "source", "web1", "Web2"]),
        ("creationdate=today name=source", ["source"]),
        ("creationdate<2020-01-01T00:00:00Z", []),
        ("cluster=default template=blank name=source", ["source"]),
        ("sortby name desc", ["Web2", "web1", "source", "dbx1", "db_1"]),
        ("name=*b* sortby mem desc page 1", ["dbx1", "db_1", "Web2", "web1"]),
    ]

    @Test("VMs are found by what a search says", arguments: searches)
    func vms(search: String, expected: [String]) throws {
        let found = try names(search)
        // What is alike is sorted by its id.
        let isLoose = search.contains("sortby mem")
        #expect(isLoose ? Set(found) == Set(expected) : found == expected)
    }

    @Test("a search may look at the case of letters")
    func caseSensitivity() throws {
        #expect(try names("name=web*", isCaseSensitive: true) == ["web1"])
        #expect(try names("name=web2", isCaseSensitive: true) == [])
        #expect(try names("name=Web2", isCaseSensitive: true) == ["Web2"])
        #expect(try names("name=[wW]eb*", isCaseSensitive: true) == [])
    }

    @Test("pages follow each other without gaps, and each tells how many entries there are in all")
    func pages() throws {
        var seen: [String] = []
        for number in 1...4 {
            let options = ListingOptions(search: "sortby name page \(number)", maximum: 2)
            let page = try workshop.ask(ListVMs(options))
            #expect(page.totalCount == 5)
            seen += page.map(\.name)
        }
        #expect(seen == ["db_1", "dbx1", "source", "web1", "Web2"])
        #expect(
            try workshop.ask(ListVMs(.init(maximum: 2, page: 2))).map(\.name) == ["source", "web1"]
        )
        #expect(try workshop.ask(ListVMs(.init(maximum: 0))).isEmpty)
        #expect(try workshop.ask(ListVMs(.init(maximum: -1))).count == 5)
        #expect(try workshop.ask(ListVMs(.init(maximum: 1, page: .max))).isEmpty)
    }

    private static let mistakes: [(String, String)] = [
        ("colour=red", "there is no field 'colour', but there are name, id, description, status"),
        ("mem=much", "'much' is no number such as 10GB"),
        ("mem=9999999999999GB", "'9999999999999GB' is no number such as 10GB"),
        ("creationdate>soon", "'soon' is no date such as 2026-01-31"),
        ("creationdate>2026-02-45", "'2026-02-45' is no date"),
        ("name>x", "'name' is text, which is compared by '=' and '!=' only"),
        ("sortby disk", "entries cannot be sorted by 'disk'"),
        ("sortby colour", "there is no field 'colour'"),
    ]

    @Test("a search for what cannot be is refused", arguments: mistakes)
    func refusals(search: String, reason: String) throws {
        let error = #expect(throws: EngineError.self) { _ = try names(search) }
        #expect(error?.kind == .badRequest)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test("every field of every listing can be compared and, where it can, sorted by")
    func everyField() throws {
        #expect(try workshop.ask(ListDisks(.init(search: "alias=x sortby size"))).isEmpty)
        let disk = try workshop.addDisk("data")
        #expect(try workshop.ask(ListDisks(.init(search: "vm=SOURCE"))).map(\.disk.id) == [disk.id])
        #expect(try workshop.ask(ListDisks(.init(search: "vm!=source"))).isEmpty)
        #expect(try workshop.ask(ListDisks(.init(search: "storage=first status=ok"))).count == 1)
        #expect(try workshop.ask(ListDisks(.init(search: "storage.name=\"first\""))).count == 1)
        #expect(try workshop.ask(ListDisks(.init(search: "storage.name=x"))).entries.isEmpty)
        let vms = try workshop.ask(ListVMs(.init(search: "storage.name=first disks.alias=*")))
        #expect(vms.map(\.name) == ["source"])
        #expect(try workshop.ask(ListDisks(.init(search: "size=8MB"))).count == 1)
        #expect(try workshop.ask(ListVMs(.init(search: "disk=data"))).map(\.name) == ["source"])
        let events = try workshop.ask(ListEvents(.init(search: "type=2021 and event_vm=source")))
        #expect(events.map(\.code) == [2021])
        #expect(try workshop.ask(ListEvents(.init(search: "severity=error"))).isEmpty)
        let newest = try workshop.ask(ListEvents(.init(search: "sortby time desc", maximum: 1)))
        #expect(newest.map(\.code) == [2021])
        #expect(newest.totalCount == 8)
        let correlated = ListingOptions(search: "correlation_id=\(workshop.session.correlationID)")
        #expect(try workshop.ask(ListEvents(correlated)).totalCount == 6)
        #expect(
            try workshop.ask(ListStorageDomains(.init(search: "name=f* status=active"))).count == 1
        )
        #expect(try workshop.ask(ListUsers(.init(search: "name=*@internal"))).isEmpty)
        #expect(try workshop.ask(ListJobs(.init(search: "status=started or vm=x"))).isEmpty)
        let snapshots = ListSnapshots(vmID: workshop.vm.id, .init(search: "type=active"))
        #expect(try workshop.ask(snapshots).count == 1)
    }

    @Test("each disk of a page has its own chain and its VMs")
    func diskEntries() throws {
        let shared = try workshop.addDisk("shared", VolumeShape(.raw, .sparse), isShareable: true)
        let other = try workshop.ask(Find.vm("web1"))
        try workshop.run(AttachDisk(diskID: shared.id, vmID: other))
        _ = try workshop.adoptChain("deep")
        let page = try workshop.ask(ListDisks())
        #expect(page.map(\.disk.alias) == ["deep", "shared"])
        #expect(page.map(\.volumes.count) == [3, 1])
        #expect(page[0].volumes.map { $0.parentID == nil } == [true, false, false])
        #expect(page.map(\.vmNames) == [["source"], ["source", "web1"]])
    }

    /// Somebody who may do nothing yet.
    private func stranger() throws -> Session {
        let session = Session(userName: "eve@internal")
        try workshop.run(AddUser(name: session.userName, password: "a long password"))
        return session
    }

    @Test("who may do nothing sees nothing, and who has a role on a VM sees it and what it has")
    func visibility() async throws {
        let disk = try workshop.addDisk("data")
        let snapshot = try workshop.snapshot("s")
        _ = try await workshop.clone(snapshot)
        let job = try workshop.ask(ListJobs())[0].job
        let eve = try stranger()
        func ask<Q: Query>(_ query: Q) throws -> Q.Answer {
            try workshop.engine.answer(query, as: eve)
        }
        #expect(try ask(ListVMs()).totalCount == 0)
        #expect(try ask(ListDisks()).totalCount == 0)
        #expect(try ask(ListEvents()).totalCount == 0)
        #expect(try ask(ListJobs()).totalCount == 0)
        #expect(try ask(ListStorageDomains()).totalCount == 0)
        #expect(try ask(StorageDomainNames()).isEmpty)
        let missing: [() throws -> Void] = [
            { _ = try ask(ShowVM(id: workshop.vm.id)) },
            { _ = try ask(ShowDisk(id: disk.id)) },
            { _ = try ask(ShowJob(id: job.id)) },
            { _ = try ask(ShowStorageDomain(id: workshop.first.id)) },
            { _ = try ask(ListSnapshots(vmID: workshop.vm.id)) },
            { _ = try ask(GetVmConfigurationBySnapshot(snapshotID: snapshot.id)) },
            { _ = try ask(Find.vm("source")) },
            { _ = try ask(Find.disk("data")) },
            { _ = try ask(Find.domain("first")) },
            { _ = try ask(Find.snapshot("s", of: workshop.vm.id)) },
            { _ = try ask(Find.job(job.id.rawValue)) },
        ]
        for body in missing {
            let error = #expect(throws: EngineError.self) { try body() }
            #expect(error?.kind == .notFound)
        }
        let role = Permission(
            userName: eve.userName,
            role: .user,
            object: .vm(workshop.vm.id)
        )
        try workshop.run(GrantPermission(role))
        #expect(try ask(ListVMs()).map(\.name) == ["source"])
        #expect(try ask(ListDisks()).map(\.disk.alias) == ["data"])
        #expect(try ask(ListStorageDomains()).map(\.domain.name) == ["first"])
        #expect(try ask(ListEvents()).allSatisfy { $0.vmID == workshop.vm.id })
        #expect(try !ask(ListEvents()).isEmpty)
        #expect(try ask(ListJobs()).isEmpty)
        #expect(try ask(ListSnapshots(vmID: workshop.vm.id)).count == 2)
        #expect(try ask(Find.vm("source")) == workshop.vm.id)
        // The clone is another's.
        #expect(throws: EngineError.self) { try ask(Find.vm("clone")) }
    }

    @Test("a disk that only a snapshot of a visible VM has is visible")
    func detached() throws {
        let disk = try workshop.addDisk("data")
        _ = try workshop.snapshot("s")
        let eve = try stranger()
        let permission = Permission(
            userName: eve.userName,
            role: .user,
            object: .vm(workshop.vm.id)
        )
        try workshop.run(GrantPermission(permission))
        try workshop.run(DetachDisk(diskID: disk.id, vmID: workshop.vm.id))
        #expect(try workshop.engine.answer(ListDisks(), as: eve).map(\.disk.id) == [disk.id])
    }

    @Test("a role on the whole system shows all of its kind")
    func systemRoles() throws {
        _ = try workshop.addDisk("data")
        let eve = try stranger()
        func permit(_ role: Permission.Role) throws {
            try workshop.run(
                GrantPermission(.init(userName: eve.userName, role: role, object: .system))
            )
        }
        try permit(.diskCreator)
        #expect(try workshop.engine.answer(ListStorageDomains(), as: eve).count == 2)
        #expect(try workshop.engine.answer(ListDisks(), as: eve).isEmpty)
        try permit(.readOnlyAdministrator)
        #expect(try workshop.engine.answer(ListVMs(), as: eve).count == 5)
        #expect(try workshop.engine.answer(ListDisks(), as: eve).count == 1)
        #expect(throws: EngineError.self) {
            try workshop.engine.run(RemoveVM(id: workshop.vm.id), as: eve)
        }
    }
}
