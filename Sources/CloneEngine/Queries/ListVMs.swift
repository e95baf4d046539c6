// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// VMs that the session may see, by name.
package struct ListVMs: Query {
    package let options: ListingOptions

    package init(_ options: ListingOptions = .init()) { self.options = options }

    package func answer(_ context: CommandContext) throws -> Page<VirtualMachine> {
        let visible = try Visibility(context).vms("virtualMachine.id")
        return try context.page(of: ListVMs.table, options, where: visible)
    }

    private static let table = ListingTable(
        name: "virtualMachine",
        fields: [
            SearchField("name", column: "virtualMachine.name", isFreeText: true),
            SearchField("id", column: "virtualMachine.id"),
            SearchField("description", column: detail("description"), isFreeText: true),
            SearchField("status", column: "virtualMachine.status"),
            SearchField(
                "mem",
                "memory",
                kind: .size(unitBytes: 1 << 20),
                column: detail("memoryBytes")
            ),
            SearchField("creationdate", kind: .time, column: "virtualMachine.createdAt"),
            // There is one cluster and one template, so that clients of oVirt find theirs.
            .only("cluster", "Default"),
            .only("datacenter", "Default"),
            .only("template", "Blank"),
            SearchField("comment", column: "''"),
            SearchField(
                "disk",
                "disks",
                "disk.alias",
                "disks.alias",
                column: "disk.alias",
                within: ofDisk
            ),
            SearchField(
                "storage",
                "storage.name",
                column: "storageDomain.name",
                within: inDomain
            ),
        ],
        order: "virtualMachine.name COLLATE NOCASE, virtualMachine.id"
    )

    private static func detail(_ name: String) -> String {
        "json_extract(virtualMachine.details, '$.\(name)')"
    }

    private static let inDomain = """
        virtualMachine.id IN (SELECT vmID FROM diskAttachment
            JOIN volume ON volume.diskID = diskAttachment.diskID
            JOIN storageDomain ON storageDomain.id = volume.domainID WHERE @)
        """
    private static let ofDisk = """
        virtualMachine.id IN (SELECT vmID FROM diskAttachment
            JOIN disk ON disk.id = diskAttachment.diskID WHERE @)
        """
}

/// A VM with all that belongs to it, as it is now.
package struct ShowVM: Query {
    package struct Answer: Hashable, Sendable {
        package let vm: VirtualMachine
        package let configuration: VMConfiguration
        package let snapshots: [Snapshot]
    }

    package let id: VirtualMachine.ID

    package init(id: VirtualMachine.ID) { self.id = id }

    package func answer(_ context: CommandContext) throws -> Answer {
        let vm = try context.visibleVM(id)
        return Answer(
            vm: vm,
            configuration: try context.configuration(of: vm),
            snapshots: try context.snapshots(of: id)
        )
    }
}
