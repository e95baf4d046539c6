// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm event list`.
struct EventListCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the latest events, the oldest of them first.",
        usage: "clone-vm event list [<options>]"
    )

    @Option(help: ArgumentHelp("List so many at most.", valueName: "n"))
    var limit = 50

    @Option(help: ArgumentHelp("Only those after the event with this number.", valueName: "id"))
    var after: Int64 = 0

    @Option(help: "Only those of this job.")
    var job: String?

    @OptionGroup var search: SearchOptions

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        var query = ListEvents(search.listing(limit: max(0, limit)), after: after)
        query.isLatest = true
        query.jobID = try job.map(client.job)
        client.list(try client.ask(query).map(EventDocument.init))
    }
}
