// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A `qemu-io` that has an image open for writing, as a running VM has, until it is told to stop.
public final class ImageWriter: @unchecked Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Opens the image and returns when the program has written a sector to it, and so holds it.
    public init(_ path: String, format: String = "qcow2") throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["qemu-io", "-f", format, path]
        // Writing to a program that has ended is an error then, not the end of all tests.
        _ = signal(SIGPIPE, SIG_IGN)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // The prompt first: who could not open the image no longer listens.
        try wait(for: "qemu-io> ", path)
        try input.fileHandleForWriting.write(contentsOf: Data("write -P 7 0 512\n".utf8))
        try wait(for: "wrote 512/512", path)
    }

    private func wait(for words: String, _ path: String) throws {
        var answer = Data()
        while !String(decoding: answer, as: UTF8.self).contains(words) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else {
                process.waitUntilExit()
                throw CommandError.failed(
                    ["qemu-io", path],
                    Command.Output(
                        status: process.terminationStatus,
                        standardOutput: answer,
                        standardError: ""
                    )
                )
            }
            answer += more
        }
    }

    deinit { stop() }

    /// Closes the image.
    public func stop() {
        guard process.isRunning else { return }
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
