// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Terminal

/// `clone-vm job watch`.
struct JobWatchCommand: EngineCommand {
    private static let interval = Duration.milliseconds(250)

    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows how far a job is until it ends, whatever process does it.",
        usage: "clone-vm job watch <job> [--quiet] [<options>]",
        discussion: """
            Exits with 0 when the job is finished, 1 when it has failed and 3 when it was cancelled. \
            A signal ends the watching, not the job.
            """
    )

    @Argument(help: "The job's id, or its beginning.")
    var job: String

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    @OptionGroup var common: CommonOptions

    func run(with client: Client) async throws {
        let entry = try await watch(client.job(job), client)
        if client.isJSON { Output.print(JobDocument(entry).text) }
        if let failure = entry.job.failure, entry.job.status != .finished {
            Output.complain(failure)
        } else if !client.isJSON {
            try client.summarize(entry)
        }
        guard entry.job.status == .finished else { throw entry.job.exitCode }
    }

    private func watch(_ id: Job.ID, _ client: Client) async throws -> ListJobs.Entry {
        var entry = try client.ask(ShowJob(id: id))
        let display = try client.display(of: entry.job, isQuiet: quiet)
        while entry.job.status == .started {
            display.show(entry.steps)
            try await Task.sleep(for: JobWatchCommand.interval)
            // Nobody else might notice that the job's process is gone.
            try client.engine.recover()
            entry = try client.ask(ShowJob(id: id))
        }
        display.end(entry.steps, isDone: entry.job.status == .finished)
        return entry
    }
}
