// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation
internal import GRDB

/// The engine's memory: an SQLite database in its state directory.
final class Store: Sendable {
    /// The directory of all that the engine keeps.
    let directory: String
    private let database: any DatabaseWriter

    /// Opens the store of a directory, and makes both where there are none.
    ///
    /// Nobody else may read them: they tell where all disks lie.
    ///
    /// - Parameters:
    ///   - directory: the engine's state directory.
    ///   - patienceSeconds: how long somebody else's transaction is waited for.
    ///   - readsSideBySide: read on connections of their own, and not on the one that writes.
    /// - Throws: `EngineError` when the directory cannot be made or the store cannot be used.
    init(
        in directory: String,
        patienceSeconds: Double,
        readsSideBySide: Bool
    ) throws(EngineError) {
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let path = directory + "/engine.sqlite"
            try Store.create(path)
            var configuration = Configuration()
            configuration.busyMode = .timeout(patienceSeconds)
            // A pool writes to the store when it is opened.
            database =
                readsSideBySide
                ? try DatabasePool(path: path, configuration: configuration)
                : try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { try $0.becomeDurable() }
            try Store.migrate(database, in: directory, patienceSeconds)
        } catch { throw EngineError.unusableStore(directory, error) }
        self.directory = URL(filePath: directory).resolvingSymlinksInPath().path
    }

    /// Brings an older store up to date, which one process does at a time: a migrator looks at what has
    /// been done, and then does the rest.
    private static func migrate(
        _ database: any DatabaseWriter,
        in directory: String,
        _ patienceSeconds: Double
    ) throws {
        let migrator = DatabaseMigrator.store
        let end = Date(timeIntervalSinceNow: patienceSeconds)
        // What reads the tables while another process makes them may fail.
        while (try? database.read(migrator.hasCompletedMigrations)) != true {
            let turn = try File.locked(directory + "/migration")
            if turn == nil {
                guard Date() < end else { throw DatabaseError(resultCode: .SQLITE_BUSY) }
                Thread.sleep(forTimeInterval: 0.02)
            }
            // They may be others by now than this connection remembers.
            database.writeWithoutTransaction { $0.clearSchemaCache() }
            if turn != nil { try migrator.migrate(database) }
            withExtendedLifetime(turn) {}
        }
    }

    /// Makes a store that only its owner may read, where there is none yet; what SQLite writes beside it
    /// takes the same permissions.
    ///
    /// It has its name when all tables are there: nobody sees it before.
    private static func create(_ path: String) throws {
        let files = FileManager.default
        guard !files.fileExists(atPath: path) else { return }
        let draft = "\(path).\(UUID().uuidString)"
        _ = files.createFile(atPath: draft, contents: nil, attributes: [.posixPermissions: 0o600])
        do {
            let database = try DatabaseQueue(path: draft)
            try database.writeWithoutTransaction { try $0.becomeDurable() }
            try DatabaseMigrator.store.migrate(database)
            try database.close()
            try Directory.publish(draft, as: path)
        } catch {
            try? files.removeItem(atPath: draft)
            // Another process may have been faster.
            guard files.fileExists(atPath: path) else { throw error }
        }
    }

    /// Another value after every change, whoever makes it.
    ///
    /// The log that every change is written to tells it: nothing has to be read.
    var changeMark: String {
        let path = "\(directory)/engine.sqlite-wal"
        let log = try? FileManager.default.attributesOfItem(atPath: path)
        let time = (log?[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate ?? 0
        return "\(time) \(log?[.size] ?? 0)"
    }

    /// Looks at one state of the store.
    func read<R>(_ body: (Database) throws -> R) throws -> R {
        try database.read(body)
    }

    /// Changes the store: all of it or, when `body` throws, nothing.
    func write<R>(_ body: (Database) throws -> R) throws -> R {
        try database.writeWithoutTransaction { database in
            var result: R?
            try database.inTransaction(.immediate) {
                result = try body(database)
                return .commit
            }
            guard let result else { preconditionFailure("the transaction has ended without one") }
            return result
        }
    }
}

extension Database {
    /// Has changes go into a log, and each on stable storage before it is said to be done: a clone that
    /// was reported must be there after a power cut.
    ///
    /// A pool has the second otherwise when it is opened.
    fileprivate func becomeDurable() throws {
        try execute(sql: "PRAGMA journal_mode = WAL")
        try execute(sql: "PRAGMA synchronous = FULL")
    }
}
