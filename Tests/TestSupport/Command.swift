// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// Runs external programs and waits for them; safe to use from many threads at once.
public enum Command {
    /// What a finished program left behind.
    public struct Output: Sendable {
        /// The exit status, or 128 plus the number of the signal that ended the program.
        public let status: Int32

        /// All bytes of its standard output.
        public let standardOutput: Data

        /// Its standard error as text.
        public let standardError: String

        /// Its standard output as text.
        public var text: String { String(decoding: standardOutput, as: UTF8.self) }
    }

    /// Runs a program found on PATH, in a directory if one is given, whatever its exit status.
    public static func run(
        _ program: String,
        _ arguments: [String],
        in directory: String? = nil
    ) throws -> Output {
        let path = try locate(program)
        guard let directory else { return try launch(path, arguments) }
        return try launch(locate("env"), ["--chdir", directory, path] + arguments)
    }

    /// Runs a program like `run`, and throws its command line and words unless it exits with 0.
    @discardableResult public static func runSuccessfully(
        _ program: String,
        _ arguments: [String],
        in directory: String? = nil
    ) throws -> Output {
        let output = try run(program, arguments, in: directory)
        guard output.status == 0 else {
            throw CommandError.failed([program] + arguments, output)
        }
        return output
    }

    /// Finds a program the way a shell does.
    static func locate(_ program: String) throws -> String {
        if program.contains("/") { return program }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let candidates = path.split(separator: ":").map { "\($0)/\(program)" }
        guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
            throw CommandError.notFound(program)
        }
        return found
    }

    /// Runs the program with its output going to unnamed files: no pipe that could fill up.
    private static func launch(_ path: String, _ arguments: [String]) throws -> Output {
        let output = try unnamedFile()
        let errors = try unnamedFile()
        let process = try spawn(
            path,
            arguments,
            output: output.fileDescriptor,
            errors: errors.fileDescriptor
        )
        return Output(
            status: try wait(for: process),
            standardOutput: try contents(of: output),
            standardError: String(decoding: try contents(of: errors), as: UTF8.self)
        )
    }

    /// The file's bytes from its start: the program has moved the position we share with it.
    private static func contents(of file: FileHandle) throws -> Data {
        try file.seek(toOffset: 0)
        return try file.readToEnd() ?? Data()
    }
}
