// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm job cancel`.
struct JobCancelCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Asks a job to stop, whatever process does it; it is undone then."
    )

    @Argument(help: "The job's id, or its beginning.")
    var job: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        try client.engine.cancel(client.job(job), as: client.session)
        client.done()
    }
}
