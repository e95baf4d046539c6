// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A `clone-image` that runs beside the test, until it ends or is killed.
final class RunningTool {
    private static let maximumSeconds = 60.0

    private let process = Process()
    private let errors = Pipe()

    /// Starts the tool; its standard output is thrown away.
    init(_ arguments: [String], in directory: String) throws {
        process.executableURL = URL(fileURLWithPath: try Tool.path())
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
    }

    deinit {
        if process.isRunning { kill() }
    }

    /// Ends the process as a power cut would: it cannot do anything about it.
    func kill() {
        _ = Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits until the process has ended by itself.
    ///
    /// - Returns: its exit status, and what it said on standard error.
    func end() throws -> (status: Int32, words: String) {
        let words = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: words, as: UTF8.self))
    }

    /// Whether the process is still there after a time.
    func isRunning(afterSeconds seconds: Double) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < end { usleep(1000) }
        return process.isRunning
    }

    /// Waits until a condition holds; false when the process has ended before.
    func wait(until condition: () throws -> Bool) throws -> Bool {
        let end = Date(timeIntervalSinceNow: Self.maximumSeconds)
        while try !condition() {
            guard process.isRunning, Date() < end else { return false }
            usleep(1000)
        }
        return true
    }
}
