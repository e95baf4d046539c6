// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Terminal

/// `clone-vm event follow`.
struct EventFollowCommand: EngineCommand {
    private static let interval = Duration.milliseconds(500)

    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Shows the last events, and each new one, until a signal comes.",
        usage: "clone-vm event follow [--limit <n>] [<options>]"
    )

    @Option(help: ArgumentHelp("Begin with so many that are there already.", valueName: "n"))
    var limit = 10

    @OptionGroup var common: CommonOptions

    func run(with client: Client) async throws {
        var query = ListEvents(limit: max(1, limit))
        query.isLatest = true
        var events = try client.ask(query).entries
        var last = events.last?.id ?? 0
        if limit < 1 { events = [] }
        while true {
            for event in events { show(EventDocument(event)) }
            try await Task.sleep(for: EventFollowCommand.interval)
            events = try client.ask(ListEvents(after: last)).entries
            last = events.last?.id ?? last
        }
    }

    private func show(_ event: EventDocument) {
        Output.print(common.json ? event.text : event.line)
    }
}
