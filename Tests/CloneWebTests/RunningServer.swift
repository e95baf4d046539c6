// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Foundation
import TestSupport

/// A started `clone-vm serve`, with TLS, on a free port of the loopback; ended when the object goes.
final class RunningServer {
    /// Why it cannot be started.
    struct Failure: Error, CustomStringConvertible { let description: String }

    private struct Announcement: Decodable {
        let url: String
        let processID: Int32
    }

    /// The server ends by itself after so many seconds, whatever happens to the test.
    private static let maximumSeconds = "300"

    /// Its address, as `https://127.0.0.1:12345/`.
    let url: String
    private let process = Process()
    private let processID: Int32
    private let log: String

    /// Starts it with the house's store, and returns once it listens.
    init(_ house: House) throws {
        log = house.directory.path("log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = [
            RunningServer.maximumSeconds, try RunningServer.program(), "serve", "--state",
            house.engine.stateDirectory, "--port", "0", "--json",
        ]
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        let line = output.fileHandleForReading.availableData
        guard let announcement = try? JSONDecoder().decode(Announcement.self, from: line) else {
            let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw Failure(description: "clone-vm serve did not start: \(words)")
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

    /// The end of what it has logged.
    var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(20).joined(separator: "\n")
    }

    /// The program, which is built into the folder that the tests run from.
    private static func program() throws -> String {
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
