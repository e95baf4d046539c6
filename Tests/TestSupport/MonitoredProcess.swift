// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A QEMU program that is told what to do by QMP, on its standard input and output.
///
/// It is ended when the object goes, and ends by itself after ten minutes, whatever happens to the test.
final class MonitoredProcess {
    private static let maximumSeconds = "600"

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread = Data()
    private var events: [[String: Any]] = []

    /// Starts a program and returns when it takes commands.
    init(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: try Command.locate("timeout"))
        process.arguments =
            ["--signal=KILL", Self.maximumSeconds, try Command.locate(program)] + arguments
        // Writing to a program that has ended is an error then, not the end of all tests.
        _ = signal(SIGPIPE, SIG_IGN)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = try message()
        try execute("qmp_capabilities")
    }

    deinit {
        // Not by a signal: the child may have inherited that they are blocked.
        try? execute("quit")
        process.waitUntilExit()
    }

    /// Has a command done.
    ///
    /// - Throws: `RefusedError` with QEMU's words.
    func execute(_ command: String, _ arguments: [String: Any] = [:]) throws {
        let words: [String: Any] = ["execute": command, "arguments": arguments]
        let line = try JSONSerialization.data(withJSONObject: words) + Data("\n".utf8)
        try input.fileHandleForWriting.write(contentsOf: line)
        while true {
            let answer = try message()
            if answer["return"] != nil { return }
            if let error = answer["error"] as? [String: Any] {
                throw RefusedError(description: error["desc"] as? String ?? "\(error)")
            }
            events.append(answer)
        }
    }

    /// Waits until a job, the only one, has ended.
    ///
    /// - Throws: `RefusedError` when it ended with an error.
    func awaitJob() throws {
        let isEnd = { (event: [String: Any]) in event["event"] as? String == "BLOCK_JOB_COMPLETED" }
        while !events.contains(where: isEnd) { events.append(try message()) }
        let end = events.first(where: isEnd)?["data"] as? [String: Any]
        events.removeAll()
        if let error = end?["error"] as? String { throw RefusedError(description: error) }
    }

    /// The next line that the program says.
    private func message() throws -> [String: Any] {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(unread[..<end])
                unread = Data(unread[unread.index(after: end)...])
                return try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else {
                throw RefusedError(description: "the program ended or took too long")
            }
            unread += more
        }
    }
}

/// What QEMU says when it does not do something.
public struct RefusedError: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}
