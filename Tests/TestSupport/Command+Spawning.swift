// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension Command {
    /// Opens a new file without a name, closed when the program replaces itself.
    static func unnamedFile() throws -> FileHandle {
        let path = TemporaryDirectory.unusedPath()
        // SAFETY: the string lives as long as each call.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError.system("open ‘\(path)’", errno) }
        unsafe unlink(path)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Starts the program at `path` with no input and its output on the two descriptors.
    static func spawn(
        _ path: String,
        _ arguments: [String],
        output: Int32,
        errors: Int32
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        // SAFETY: `actions` is initialised before and destroyed after every other use.
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        let environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
        var process: pid_t = 0
        let code = unsafe withCStrings([path] + arguments) { words in
            unsafe withCStrings(environment.map { "\($0)=\($1)" }) { settings in
                unsafe posix_spawn(&process, path, &actions, nil, words, settings)
            }
        }
        guard code == 0 else { throw CommandError.system("posix_spawn ‘\(path)’", code) }
        return process
    }

    /// Waits until the process has ended and returns its status as a shell shows it.
    static func wait(for process: pid_t) throws -> Int32 {
        var status: Int32 = 0
        // SAFETY: `status` outlives the call.
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw CommandError.system("waitpid", errno) }
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    /// Lends the strings as a C array that ends with a null pointer.
    private static func withCStrings<Result>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        // SAFETY: every copy is freed once, after the last use.
        let copies = unsafe strings.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        return unsafe body(copies + [nil])
    }
}
