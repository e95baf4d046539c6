// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A started `clone-vm serve`, on a free port of the loopback.
///
/// It is ended when the object goes, and ends by itself after five minutes, whatever happens to the
/// test.
public final class ServeProcess {
    /// Why it has not started, in its own words.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private struct Announcement: Decodable {
        let url: String
        let processID: Int32
    }

    private static let maximumSeconds = "300"

    /// Where its state is, as `state`, and its log.
    public let directory: TemporaryDirectory
    /// Its address, as `https://127.0.0.1:12345/`.
    public let url: String
    private let process = Process()
    private let processID: Int32

    /// Starts it with the state in a directory, and returns once it listens.
    public init(in directory: TemporaryDirectory, _ options: [String] = []) throws {
        self.directory = directory
        let log = directory.path("log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = Pipe()
        process.executableURL = URL(filePath: try Command.locate("timeout"))
        process.arguments =
            ["--signal=KILL", Self.maximumSeconds, try Command.built("clone-vm"), "serve"]
            + ["--state", directory.path("state"), "--port", "0", "--json"] + options
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let line = output.fileHandleForReading.availableData
        guard let announcement = try? JSONDecoder().decode(Announcement.self, from: line) else {
            process.waitUntilExit()
            let words = try String(contentsOfFile: log, encoding: .utf8)
            throw Failure(description: "clone-vm serve did not start: \(words)")
        }
        (url, processID) = (announcement.url, announcement.processID)
    }

    deinit { stop() }

    /// Asks it to end, and waits until it has.
    public func stop() { end(by: SIGTERM) }

    /// Ends it as a crash does, and waits until it has.
    public func crash() { end(by: SIGKILL) }

    private func end(by signal: Int32) {
        guard process.isRunning else { return }
        // Not `terminate()`, which goes to the program that watches the time.
        _ = kill(processID, signal)
        process.waitUntilExit()
    }

    /// What it has logged.
    public var logged: String {
        get throws { try String(contentsOfFile: directory.path("log"), encoding: .utf8) }
    }

    /// The certificate that its clients trust.
    public lazy var authority = directory.path("state/pki/ca.pem")

    /// The status that it ended with.
    public var exitStatus: Int32 { process.terminationStatus }
}
