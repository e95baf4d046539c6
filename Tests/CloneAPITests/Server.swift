// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A started `clone-vm serve`, on a free port of the loopback; ended when the object goes.
final class Server {
    /// Why it cannot be started.
    struct Failure: Error, CustomStringConvertible { let description: String }

    private struct Announcement: Decodable {
        let url: String
        let processID: Int32
    }

    /// The server ends by itself after so many seconds, whatever happens to the test.
    private static let maximumSeconds = "300"

    let store: SampleStore
    /// Its address, as `https://127.0.0.1:12345/`.
    let url: String
    private let process = Process()
    private let processID: Int32
    private let log: String

    /// Starts it with a store, and returns once it listens.
    init(_ store: SampleStore, _ options: [String] = []) throws {
        self.store = store
        log = store.directory.path("log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments =
            ["--signal=KILL", Server.maximumSeconds, try Server.program()]
            + ["serve", "--state", store.state, "--port", "0", "--json"] + options
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let line = output.fileHandleForReading.availableData
        guard let announcement = try? JSONDecoder().decode(Announcement.self, from: line) else {
            process.waitUntilExit()
            throw Failure(description: "clone-vm serve did not start: \(try Server.text(log))")
        }
        (url, processID) = (announcement.url, announcement.processID)
    }

    deinit { stop() }

    /// Asks it to end, and waits until it has.
    func stop() {
        guard process.isRunning else { return }
        // Not `terminate()`, which goes to the program that watches the time.
        _ = kill(processID, SIGTERM)
        process.waitUntilExit()
    }

    /// What it has logged.
    var logged: String { get throws { try Server.text(log) } }

    /// The certificate that its clients trust.
    lazy var authority = store.state + "/pki/ca.pem"

    /// The status that it ended with.
    var exitStatus: Int32 { process.terminationStatus }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    /// The program, which is built into the folder that the tests run from.
    static func program() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("clone-vm").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(
                description: "\(path) is not there; build it with: swift build --build-tests"
            )
        }
        return path
    }
}
