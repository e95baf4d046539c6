// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The descriptors that a program is started with.
package enum StandardDescriptors {
    /// Opens the null device for those of 0, 1 and 2 that are closed.
    ///
    /// Otherwise an image would get one of these numbers, and our words would be written to it.
    package static func fillGaps() {
        for number: Int32 in 0...2 where fcntl(number, F_GETFD) < 0 {
            _ = try? FileDescriptor.open(FilePath("/dev/null"), .readWrite)
        }
    }

    /// Has the kernel make room for a long chain's descriptors, while the program has one thread.
    ///
    /// With several, each time the table grows all wait until no processor uses the old one.
    package static func makeRoom() {
        let last = fcntl(0, F_DUPFD_CLOEXEC, 1023)
        if last >= 0 { _ = close(last) }
    }

    /// Whether the caller has opened a descriptor for writing.
    package static func canWrite(to descriptor: Int32) -> Bool {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, flags & O_ACCMODE != O_RDONLY else { return false }
        // The runtime's own descriptors have taken the numbers that were free.
        let path = "/proc/self/fd/\(descriptor)"
        let name = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
        return name?.hasPrefix("anon_inode:") != true
    }
}
