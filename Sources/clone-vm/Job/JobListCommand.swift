// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm job list`.
struct JobListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists jobs, the newest first.",
        usage: "clone-vm job list [<options>]"
    )

    @Option(help: ArgumentHelp("List so many at most.", valueName: "n"))
    var limit = 20

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        client.list(
            try client.ask(ListJobs(search.listing(limit: max(0, limit)))).map(JobDocument.init)
        )
    }
}
