// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import Foundation
internal import GRDB

/// VMs, their disks and snapshots, and what is done with them.
///
/// All is kept in a state directory, which any number of processes may use at the same time.
package final class Engine: Sendable {
    let store: Store
    let copiers: DomainTurns
    let attempts = LoginAttempts()
    /// What runs VMs, and what it had when it was last looked at; nil for nothing.
    let outlook: Outlook?
    let running = RunningJobs()
    private let resumesJobs: Bool

    /// The directory of all that the engine keeps.
    package var stateDirectory: String { store.directory }

    /// Another value after every change of what the engine keeps, by whatever process.
    package var changeMark: String { store.changeMark }

    /// Opens the engine of a state directory, which is made where there is none, and finishes or
    /// undoes what an earlier process has left.
    ///
    /// - Parameters:
    ///   - directory: the state directory.
    ///   - hypervisor: what runs VMs; without one there are only the engine's own.
    ///   - resumesJobs: clones that are started outlive this process: they wait for the next that calls
    ///     `resumeJobs()`, and are not undone before.
    ///   - patienceSeconds: how long another process's transaction is waited for.
    ///   - answersSideBySide: do not let questions wait for each other; opening takes longer then.
    /// - Throws: `EngineError` when the store cannot be used.
    package init(
        state directory: String,
        hypervisor: (any Hypervisor)? = nil,
        resumesJobs: Bool = false,
        patienceSeconds: Double = 30,
        answersSideBySide: Bool = true
    ) throws(EngineError) {
        store = try Store(
            in: directory,
            patienceSeconds: patienceSeconds,
            readsSideBySide: answersSideBySide
        )
        outlook = hypervisor.map(Outlook.init)
        self.resumesJobs = resumesJobs
        copiers = DomainTurns(in: store.directory)
        do {
            try recover()
        } catch let error as EngineError {
            throw error
        } catch { throw EngineError.unusableStore(directory, error) }
    }

    /// Does what a command says, or throws all that speaks against it.
    ///
    /// - Throws: `EngineError`; nothing has changed then.
    package func run<C: Command>(_ command: C, as session: Session) throws(EngineError) -> C.Outcome
    {
        if command.looksAtMachines { try look(maximumAge: LookAge.change) }
        do {
            if let outcome = try performed(command, as: session) { return outcome }
            return try change(as: session) { context in
                let refusals = try command.validate(context)
                guard refusals.isEmpty else { throw EngineError(refusals) }
                return try command.run(context)
            }
        } catch { throw EngineError(failure: error) }
    }

    /// Changes store and files in one transaction.
    func change<R>(as session: Session, _ body: (CommandContext) throws -> R) throws -> R {
        let notes = FileNotes(in: stateDirectory)
        defer { notes.end() }
        var made: [String] = []
        do {
            let (result, removed) = try store.write { database in
                let context = context(database, session, notes)
                defer { made = context.madeFiles }
                return (try body(context), context.removedFiles)
            }
            Engine.remove(removed)
            return result
        } catch {
            Engine.remove(made)
            throw error
        }
    }

    /// Answers a question.
    ///
    /// - Throws: `EngineError`.
    package func answer<Q: Query>(_ query: Q, as session: Session) throws(EngineError) -> Q.Answer {
        if query.looksAtMachines { try look(maximumAge: LookAge.answer) }
        do {
            return try store.read { try query.answer(context($0, session)) }
        } catch { throw EngineError(failure: error) }
    }

    /// What a command or a query of this engine works with.
    func context(
        _ database: Database,
        _ session: Session,
        _ notes: FileNotes? = nil
    ) -> CommandContext {
        CommandContext(
            database,
            session,
            notes,
            hypervisor: outlook?.hypervisor.name,
            resumesJobs: resumesJobs
        )
    }

    /// Removes files, what a killed collapse has left of them, and the directories of disks that have
    /// none left.
    static func remove(_ paths: [String]) {
        for path in paths {
            _ = try? Leftovers.clean(Directory.parent(of: path))
            let metadata = DomainLayout.metadata(of: path)
            for name in [path, metadata, MetadataFile.draft(of: metadata)] {
                try? Directory.remove(name)
            }
            let directory = Directory.parent(of: path)
            guard UUID(uuidString: Directory.name(of: directory)) != nil else { continue }
            // Goes only when it is empty.
            try? Directory.removeEmpty(directory)
        }
    }
}

extension EngineError {
    /// What a command's own error, the store's or the image engine's is to a caller.
    init(failure error: any Error) {
        switch error {
        case let error as EngineError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_BUSY:
            self.init(
                Refusal(
                    "STORE_BUSY",
                    .conflict,
                    "The engine's store is in use by another process. Please try again later."
                )
            )
        default: self.init(Refusal("INTERNAL_ERROR", .internalError, "\(error)."))
        }
    }
}
