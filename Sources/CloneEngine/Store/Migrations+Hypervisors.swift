// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension Database {
    /// What the store keeps of VMs that a hypervisor has defined.
    func addHypervisors() throws {
        for table in ["virtualMachine", "disk", "storageDomain"] {
            try alter(table: table) { $0.add(column: "hypervisor", .text).indexed() }
        }
        try alter(table: "storageDomain") {
            $0.add(column: "layout", .text).notNull().defaults(to: "images")
        }
        try alter(table: "snapshotVolume") { table in
            table.add(column: "fingerprint", .text)
            table.add(column: "damage", .text)
        }
        try allowTheSameAddresses()
    }

    /// A hypervisor lets two VMs have one MAC address, and two controllers each have a drive 0.
    private func allowTheSameAddresses() throws {
        try replace(table: "networkInterface") { table in
            table.primaryKey("id", .text)
            table.ownerVM()
            table.column("name", .text).notNull()
            table.column("macAddress", .integer).notNull().indexed()
            table.column("model", .text).notNull()
            table.column("network", .text)
            table.column("isPlugged", .boolean).notNull()
            table.column("address", .text).notNull()
            table.uniqueKey(["vmID", "name"])
        }
        try replace(table: "diskAttachment") { table in
            table.primaryKey {
                table.ownerVM()
                table.column("diskID", .text).indexed().references("disk", onDelete: .cascade)
            }
            table.column("interface", .text).notNull()
            table.column("bootOrder", .integer)
            table.column("isReadOnly", .boolean).notNull()
            table.column("isPlugged", .boolean).notNull()
            table.column("address", .text).notNull()
        }
        try alter(table: "diskAttachment") { $0.add(column: "definition", .text) }
    }

    /// Puts a table with other rules in the place of one with the same columns.
    private func replace(table name: String, _ body: (TableDefinition) -> Void) throws {
        try rename(table: name, to: "former")
        // The indexes keep their names when a table gets another.
        for index in try indexes(on: "former") where index.origin == .createIndex {
            try drop(index: index.name)
        }
        try create(table: name, body: body)
        try execute(literal: "INSERT INTO \(sql: name) SELECT * FROM former")
        try drop(table: "former")
    }
}
