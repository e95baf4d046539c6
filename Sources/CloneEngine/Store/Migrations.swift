// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension DatabaseMigrator {
    /// All versions of the store, oldest first: appended to, never edited.
    static var store: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("machines, disks and jobs") { database in
            try database.createStorage()
            try database.createMachines()
            try database.createSnapshots()
            try database.createJobs()
            try database.createEvents()
        }
        migrator.registerMigration("accounts") { try $0.createAccounts() }
        migrator.registerMigration("searches") { try $0.createSearchIndices() }
        migrator.registerMigration("hypervisors") { try $0.addHypervisors() }
        migrator.registerMigration("resumable jobs") { database in
            try database.alter(table: "job") {
                $0.add(column: "isResumable", .boolean).notNull().defaults(to: false)
            }
        }
        migrator.registerMigration("disks that are being unplugged") { database in
            try database.alter(table: "diskAttachment") {
                $0.add(column: "isLeaving", .boolean).notNull().defaults(to: false)
            }
        }
        return migrator
    }
}

extension Database {
    fileprivate func createStorage() throws {
        try create(table: "storageDomain") { table in
            table.primaryKey("id", .text)
            table.column("name", .text).notNull().unique()
            table.column("path", .text).notNull().unique()
            table.column("status", .text).notNull()
            table.column("createdAt", .datetime).notNull()
        }
        try create(table: "disk") { table in
            table.primaryKey("id", .text)
            table.column("alias", .text).notNull().indexed()
            table.column("description", .text).notNull()
            table.column("kind", .text).notNull()
            table.column("isShareable", .boolean).notNull()
            table.column("capacityBytes", .integer).notNull()
            table.column("activeVolumeID", .text)
                .references("volume", column: "id", deferred: true)
            table.column("lunPath", .text)
            table.column("createdAt", .datetime).notNull()
        }
        try create(table: "volume") { table in
            table.primaryKey("id", .text)
            table.column("diskID", .text).notNull().indexed()
                .references("disk", onDelete: .cascade, deferred: true)
            table.column("domainID", .text).indexed().references("storageDomain")
            table.column("parentID", .text).indexed().references("volume", deferred: true)
            table.column("path", .text).notNull().unique()
            table.column("format", .text).notNull()
            table.column("allocation", .text).notNull()
            table.column("capacityBytes", .integer).notNull()
            table.column("status", .text).notNull()
            table.column("createdAt", .datetime).notNull()
        }
    }

    fileprivate func createMachines() throws {
        try create(table: "virtualMachine") { table in
            table.primaryKey("id", .text)
            table.column("name", .text).notNull().unique()
            table.column("details", .jsonText).notNull()
            table.column("status", .text).notNull()
            table.column("createdAt", .datetime).notNull()
        }
        try create(table: "networkInterface") { table in
            table.primaryKey("id", .text)
            table.ownerVM()
            table.column("name", .text).notNull()
            table.column("macAddress", .integer).notNull().unique()
            table.column("model", .text).notNull()
            table.column("network", .text)
            table.column("isPlugged", .boolean).notNull()
            table.column("address", .text).notNull()
            table.uniqueKey(["vmID", "name"])
            table.uniqueKey(["vmID", "address"])
        }
        try create(table: "diskAttachment") { table in
            table.primaryKey {
                table.ownerVM()
                table.column("diskID", .text).indexed().references("disk", onDelete: .cascade)
            }
            table.column("interface", .text).notNull()
            table.column("bootOrder", .integer)
            table.column("isReadOnly", .boolean).notNull()
            table.column("isPlugged", .boolean).notNull()
            table.column("address", .text).notNull()
            table.uniqueKey(["vmID", "address"])
            table.uniqueKey(["vmID", "bootOrder"])
        }
    }

    fileprivate func createSnapshots() throws {
        try create(table: "snapshot") { table in
            table.primaryKey("id", .text)
            table.ownerVM()
            table.column("kind", .text).notNull()
            table.column("description", .text).notNull()
            table.column("createdAt", .datetime).notNull()
            table.column("configuration", .text)
        }
        try create(table: "snapshotVolume") { table in
            table.primaryKey {
                table.column("snapshotID", .text).references("snapshot", onDelete: .cascade)
                table.column("diskID", .text).indexed()
            }
            table.column("volumeID", .text).notNull().indexed()
        }
    }

    fileprivate func createJobs() throws {
        try create(table: "job") { table in
            table.primaryKey("id", .text)
            table.column("description", .text).notNull()
            table.column("status", .text).notNull().indexed()
            table.column("userName", .text).notNull()
            table.column("correlationID", .text).notNull().indexed()
            table.column("startedAt", .datetime).notNull().indexed()
            table.column("endedAt", .datetime)
            table.column("failure", .text)
            table.column("isCancelled", .boolean).notNull()
            table.column("work", .jsonText).notNull()
        }
        try create(table: "jobStep") { table in
            table.primaryKey("id", .text)
            table.column("jobID", .text).notNull().references("job", onDelete: .cascade)
            table.column("position", .integer).notNull()
            table.column("description", .text).notNull()
            table.column("status", .text).notNull()
            table.column("copiedBytes", .integer).notNull()
            table.column("totalBytes", .integer).notNull()
            table.column("startedAt", .datetime)
            table.column("endedAt", .datetime)
            table.uniqueKey(["jobID", "position"])
        }
        try create(table: "lock") { table in
            table.primaryKey {
                table.column("objectKind", .text)
                table.column("objectID", .text)
                table.column("jobID", .text).indexed().references("job", onDelete: .cascade)
            }
            table.column("mode", .text).notNull()
        }
    }

    fileprivate func createEvents() throws {
        try create(table: "event") { table in
            table.autoIncrementedPrimaryKey("id")
            table.column("code", .integer).notNull()
            table.column("severity", .text).notNull()
            table.column("message", .text).notNull()
            table.column("time", .datetime).notNull().indexed()
            table.column("correlationID", .text).indexed()
            table.column("userName", .text)
            table.column("vmID", .text).indexed()
            table.column("jobID", .text).indexed()
        }
        try create(table: "permission") { table in
            table.primaryKey {
                table.column("userName", .text)
                table.column("objectKind", .text)
                table.column("objectID", .text)
                table.column("role", .text)
            }
        }
        try execute(
            sql: "INSERT INTO permission VALUES ('admin@internal', 'system', '', 'SuperUser')"
        )
    }

    fileprivate func createAccounts() throws {
        try create(table: "account") { table in
            table.primaryKey("id", .text)
            table.column("name", .text).notNull().unique()
            table.column("password", .text).notNull()
            table.column("createdAt", .datetime).notNull()
        }
        try create(table: "accessToken") { table in
            table.primaryKey("hash", .blob)
            table.column("userName", .text).notNull().indexed()
            table.column("createdAt", .datetime).notNull()
            table.column("expiresAt", .datetime).notNull().indexed()
        }
    }

    /// What listings are sorted and searched by, whatever the case of letters, and a job's VM.
    fileprivate func createSearchIndices() throws {
        try execute(
            sql: """
                CREATE INDEX virtualMachine_on_name_nocase
                    ON virtualMachine (name COLLATE NOCASE, id);
                CREATE INDEX disk_on_alias_nocase ON disk (alias COLLATE NOCASE, id);
                CREATE INDEX permission_on_object ON permission (objectKind, objectID);
                ALTER TABLE job ADD COLUMN vmID TEXT;
                UPDATE job SET vmID = coalesce(
                    json_extract(work, '$.clone._0.vmID'),
                    json_extract(work, '$.deleteSnapshot._0.vmID')
                );
                CREATE INDEX job_on_vmID ON job (vmID);
                """
        )
    }
}

extension TableDefinition {
    /// A column for the VM that a row belongs to and goes with.
    func ownerVM() {
        column("vmID", .text).notNull().indexed()
            .references("virtualMachine", onDelete: .cascade)
    }
}
