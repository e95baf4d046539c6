// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm job show`.
struct JobShowCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a job with each disk's part."
    )

    @Argument(help: "The job's id, or its beginning.")
    var job: String

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let document = JobDocument(try client.ask(ShowJob(id: client.job(job))))
        client.show(document, document.page)
    }
}
