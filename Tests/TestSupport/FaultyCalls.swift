// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A library that stands between a program and its system calls and lets some of them fail.
///
/// It is compiled while the test runs, and taken in by LD_PRELOAD.
public final class FaultyCalls: Sendable {
    /// What becomes of calls.
    public enum Fault: Sendable, CustomStringConvertible {
        /// The call of this name and number, from 0, answers with an errno and does nothing; so do
        /// all later ones where it is lasting.
        case error(call: String, number: Int, errno: Int32, isLasting: Bool = true)
        /// The call of this name and number, from 0, is never made: the process is gone, as by a power
        /// cut that keeps what was written.
        case kill(call: String, number: Int)
        /// Each call is written down in a file as a line: its name, offset, length and path.
        case none(log: String)
        /// Every second read and write is interrupted, and the others move a part of the bytes.
        case rough

        public var description: String {
            switch self {
            case .error(let call, let number, let errno, let isLasting):
                "\(call):\(number):\(errno):\(isLasting ? 1 : 0)"
            case .kill(let call, let number): "\(call):\(number):-1:0"
            case .none: "none"
            case .rough: "rough:0:0:0"
            }
        }
    }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <signal.h>
        #include <stdatomic.h>
        #include <stdlib.h>
        #include <string.h>
        #include <stdio.h>
        #include <sys/uio.h>
        #include <unistd.h>

        static atomic_int calls;

        static int fails(const char *name) {
            char call[32];
            int number, error, lasting;
            const char *fault = getenv("FAULT");
            if (!fault || sscanf(fault, "%31[^:]:%d:%d:%d", call, &number, &error, &lasting) != 4 ||
                strcmp(call, name))
                return 0;
            int now = atomic_fetch_add(&calls, 1);
            if (now < number || (now > number && !lasting))
                return 0;
            if (error < 0)
                kill(getpid(), SIGKILL);
            errno = error;
            return 1;
        }

        static void record(const char *name, off_t offset, size_t count, const char *of) {
            const char *path = getenv("CALLS");
            if (!path)
                return;
            int log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
            dprintf(log, "%s %lld %zu %s\n", name, (long long)offset, count, of);
            close(log);
        }

        static void record_file(const char *name, off_t offset, size_t count, int file) {
            char link[32], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            ssize_t length = readlink(link, path, sizeof path - 1);
            path[length < 0 ? 0 : length] = 0;
            record(name, offset, count, path);
        }

        static int rough(size_t *count) {
            static atomic_int turn;
            const char *fault = getenv("FAULT");
            if (!fault || strncmp(fault, "rough", 5))
                return 0;
            if (atomic_fetch_add(&turn, 1) % 2 == 0) {
                errno = EINTR;
                return 1;
            }
            if (*count > 1)
                *count -= *count / 3;
            return 0;
        }

        #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
        #define MOVING(name, bytes) \
            ssize_t name(int file, bytes buffer, size_t count, off_t offset) { \
                record_file(#name, offset, count, file); \
                return fails(#name) || rough(&count) ? -1 : REAL(name)(file, buffer, count, offset); \
            }
        #define CALL(name, parameters, words, record) \
            int name parameters { record; return fails(#name) ? -1 : REAL(name) words; }
        #define ON_FILE(name, parameters, words) \
            CALL(name, parameters, words, record_file(#name, 0, 0, file))
        #define ON_PATH(name, parameters, words) \
            CALL(name, parameters, words, record(#name, 0, 0, path))

        MOVING(pread, void *)
        MOVING(pwrite, const void *)

        /* Where reads are to fail, nothing is in the page cache. */
        ssize_t preadv2(int file, const struct iovec *parts, int n, off_t offset, int flags) {
            struct iovec part = parts[0];
            const char *fault = getenv("FAULT");
            if (fault && !strncmp(fault, "pread:", 6)) {
                errno = EAGAIN;
                return -1;
            }
            return rough(&part.iov_len) ? -1 : REAL(preadv2)(file, &part, n, offset, flags);
        }

        ON_FILE(fsync, (int file), (file))
        ON_FILE(fdatasync, (int file), (file))
        ON_FILE(ftruncate, (int file, off_t size), (file, size))
        ON_PATH(rename, (const char *from, const char *path), (from, path))
        ON_PATH(unlink, (const char *path), (path))
        ON_PATH(renameat2, (int d, const char *from, int e, const char *path, unsigned f), \
                (d, from, e, path, f))
        """#

    private let directory: TemporaryDirectory

    /// Compiles the library.
    public init() throws {
        directory = try TemporaryDirectory()
        let source = directory.path("faults.c")
        try Data(Self.source.utf8).write(to: URL(fileURLWithPath: source))
        let flags = ["-shared", "-fPIC", "-O1", "-o", directory.path("faults.so"), source, "-ldl"]
        try Command.runSuccessfully("gcc", flags)
    }

    /// Runs a program whose calls go through the library, whatever its exit status.
    public func run(
        _ program: String,
        _ arguments: [String],
        _ fault: Fault
    ) throws -> Command.Output {
        var settings = ["LD_PRELOAD=\(directory.path("faults.so"))", "FAULT=\(fault)"]
        if case .none(let log) = fault { settings.append("CALLS=\(log)") }
        return try Command.run("env", settings + [program] + arguments)
    }
}
