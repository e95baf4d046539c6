// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// The engine's memory: an SQLite database in its state directory.
final class Store: Sendable {
    /// How long somebody else's transaction is waited for, in seconds.
    private static let patienceSeconds = 30.0

    /// The directory of all that the engine keeps.
    let directory: String
    private let database: DatabasePool

    /// Opens the store of a directory, and makes both where there are none.
    ///
    /// Nobody else may read them: they tell where all disks lie.
    ///
    /// - Throws: `EngineError` when the directory cannot be made or the store cannot be used.
    init(in directory: String) throws(EngineError) {
        do {
            let files = FileManager.default
            try files.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            let path = directory + "/engine.sqlite"
            database = try DatabasePool(path: path, configuration: Store.configuration)
            // What SQLite writes beside it takes the same permissions.
            try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            try DatabaseMigrator.store.migrate(database)
        } catch { throw EngineError.unusableStore(directory, error) }
        self.directory = URL(filePath: directory).resolvingSymlinksInPath().path
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patienceSeconds)
        configuration.prepareDatabase { database in
            // A clone that was reported done must be there after a power cut.
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
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
