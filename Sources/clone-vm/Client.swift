// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// The engine as the command line uses it: as the local administrator.
struct Client {
    let engine: Engine
    let session = Session()
    let isJSON: Bool
    /// Before the engine has finished or undone anything.
    let startedAt = Date()

    /// The engine of the options' state, as a command wants it.
    init<C: EngineCommand>(for command: C) throws {
        engine = try Engine(
            state: command.common.stateDirectory,
            hypervisor: Libvirt.hypervisor(command.common.libvirtURI),
            resumesJobs: command.resumesJobs,
            answersSideBySide: C.isServer
        )
        isJSON = command.common.json
    }

    @discardableResult func run<C: Command>(_ command: C) throws -> C.Outcome {
        try engine.run(command, as: session)
    }

    func ask<Q: Query>(_ query: Q) throws -> Q.Answer { try engine.answer(query, as: session) }

    /// Tells each refusal: one line for people, one document for programs.
    static func complain(of error: EngineError, isJSON: Bool) {
        if isJSON { Output.print(ErrorDocument(error).text) }
        for refusal in error.refusals { Output.complain(refusal.text) }
    }

    /// Shows what a command has made: a sentence for people.
    func show(_ document: some Document, _ sentence: @autoclosure () -> String) {
        Output.print(isJSON ? document.text : sentence())
    }

    /// Tells programs that a command without an outcome is done.
    func done() {
        if isJSON { Output.print(DoneDocument().text) }
    }

    /// Shows rows: a table for people, one array for programs.
    func list<Row: TableRow>(_ rows: [Row]) {
        Output.print(isJSON ? rows.text : Table(rows).text)
    }
}
