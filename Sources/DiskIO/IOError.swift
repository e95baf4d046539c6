// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// A system call that failed: which call, on what, where, and why.
package struct IOError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why the call did not do what was asked.
    package enum Cause: Hashable, Sendable {
        /// The kernel's answer.
        case errno(Errno)
        /// The file ended before the requested bytes did: it shrank while it was read.
        case unexpectedEnd
        /// The path names neither a regular file nor a block device.
        case wrongKind
        /// What the bytes are made of cannot be read: a sentence.
        case unreadable(String)
        /// The path names a file whose content the kernel makes up as it is read.
        case madeByKernel
        /// What is written in place has so many bytes, and at least so many are needed.
        case tooSmall(byteCount: UInt64, needed: UInt64)
    }

    /// The call, as its manual page names it.
    package let call: String
    /// The file's path, as it was given.
    package let path: String
    /// The offset in bytes, for calls that have one.
    package let offset: UInt64?
    package let cause: Cause

    package init(call: String, path: String, offset: UInt64? = nil, cause: Cause) {
        self.call = call
        self.path = path
        self.offset = offset
        self.cause = cause
    }

    /// The error of the call that just failed, from the thread's `errno`.
    static func last(_ call: String, _ path: String, at offset: UInt64? = nil) -> IOError {
        IOError(call: call, path: path, offset: offset, cause: .errno(Syscalls.lastError))
    }

    /// True when the kernel gave this answer.
    package func has(_ errno: Errno) -> Bool { cause == .errno(errno) }

    /// True when the path names nothing.
    package var nothingIsThere: Bool { has(.noSuchFileOrDirectory) }

    /// True when a name could not be given because something has it.
    package var nameIsTaken: Bool { has(.fileExists) }

    /// True when others use the device in a way that excludes us.
    package var isInUse: Bool { has(.resourceBusy) }

    /// True when the process may open no more files.
    package var isOutOfDescriptors: Bool { has(.tooManyOpenFiles) }

    /// True when nothing more can be written there.
    package var isDiskFull: Bool { has(.noSpace) }

    /// True when the caller, or the whole file system, may not write there.
    package var isForbidden: Bool {
        has(.permissionDenied) || has(.notPermitted) || has(.readOnlyFileSystem)
    }

    /// True when the disk is full or broken, so that doing it in another way will not help.
    package var isDiskFailure: Bool { isDiskFull || has(.ioError) || has(.diskQuotaExceeded) }

    package var description: String {
        let place = offset.map { " at \(hex($0))" } ?? ""
        return switch cause {
        case .errno(let errno): "\(path): \(call)\(place) failed: \(errno)"
        case .unreadable(let sentence): sentence
        case .wrongKind: "\(path): this is neither a file nor a block device"
        case .madeByKernel:
            "\(path): this is no file of a disk: the kernel makes its content up, as in /proc and /sys"
        case .tooSmall(let byteCount, let needed):
            "\(path): the target has \(byteCount) bytes, and \(needed) or more are needed (choose a "
                + "larger one)"
        case .unexpectedEnd:
            "\(path): the file ended at \(call)\(place): it was cut short while it was read"
        }
    }
}

/// Formats a number as the format's documents write them: `0x50018`.
package func hex(_ value: some BinaryInteger) -> String { "0x" + String(value, radix: 16) }
