// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Foundation

/// A clone that goes on when its terminal is closed.
enum Background {
    private static let interval = Duration.milliseconds(20)

    /// Starts this program again with the same words, waits until its job is there, and tells its id.
    ///
    /// - Throws: `ExitCode` with that of the other process when that has failed, whose words are told.
    static func start(_ client: Client) async throws {
        let id = Job.ID()
        let (words, errors) = (Pipe(), Pipe())
        let process = try process(for: id)
        (process.standardOutput, process.standardError) = (words, errors)
        try process.run()
        while try !isThere(id, client) {
            guard !process.isRunning else {
                try await Task.sleep(for: interval)
                continue
            }
            // It may have made the job, and ended, since we looked.
            if try isThere(id, client) { break }
            relay(words, to: .standardOutput)
            relay(errors, to: .standardError)
            throw ExitCode(process.terminationStatus)
        }
        client.show(StartedDocument(jobID: id.rawValue), id.rawValue)
    }

    /// Leaves the session of the terminal, which may be closed then.
    static func leaveSession() {
        // Who leads a group of processes cannot begin a session.
        _ = setpgid(0, getpgid(getppid()))
        _ = setsid()
    }

    private static func process(for id: Job.ID) throws -> Process {
        let process = Process()
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(filePath: program)
        let words = CommandLine.arguments.dropFirst().filter { $0 != "--detach" }
        process.arguments = words + ["--job-id", id.rawValue]
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private static func isThere(_ id: Job.ID, _ client: Client) throws -> Bool {
        do {
            _ = try client.ask(ShowJob(id: id))
            return true
        } catch let error as EngineError where error.kind == .notFound { return false }
    }

    private static func relay(_ pipe: Pipe, to file: FileHandle) {
        let words = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        try? file.write(contentsOf: words)
    }
}

/// A job that goes on in the background.
struct StartedDocument: Document {
    let status = "started"
    let jobID: String
}
