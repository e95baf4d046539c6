// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Foundation

/// `clone-vm recover`.
struct RecoverCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Finishes or undoes what killed processes have left.",
        discussion: """
            Every command does so when it starts; this one does nothing else, and tells of it. \
            With --check it then compares what is known with the files in storage domains and with \
            locks, changes nothing, prints a line for each thing that does not agree, \
            and exits with 1 if there is one.
            """
    )

    @Flag(help: "Look for what does not agree.")
    var check = false

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let start = client.startedAt
        var query = ListEvents(limit: 1000)
        query.isLatest = true
        let events = try client.ask(query).filter { $0.time >= start && $0.jobID != nil }
        let found = check ? try client.engine.check().map(\.description) : []
        let document = RecoveryDocument(events: events.map(\.message), inconsistencies: found)
        let lines = document.events + document.inconsistencies
        if client.isJSON || !lines.isEmpty {
            client.show(document, lines.joined(separator: "\n"))
        }
        if !found.isEmpty { throw ExitCode.failure }
    }
}

/// What a recovery has done and found.
struct RecoveryDocument: Document {
    /// What was finished or undone.
    let events: [String]
    /// What does not agree; empty without `--check`.
    let inconsistencies: [String]
}
