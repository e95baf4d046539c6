// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims
internal import Glibc

/// A regular file or block device that a path has led to, and that is not open yet.
///
/// Finding reads nothing and wakes nobody up. What is judged here is what is opened later, whatever
/// happens to the path meanwhile: between the two there is no second look at names.
package struct FoundFile: ~Copyable {
    /// The path as it was given.
    package let path: String
    package let kind: File.Kind
    /// Where the file lies; nil when it has no name any more.
    package let place: FilePlace?
    /// What the file was when it was found.
    let status: stat
    private let descriptor: Int32

    /// Follows a path and its symbolic links.
    ///
    /// - Throws: `IOError`; with `.wrongKind` when it leads to neither a regular file nor a block
    ///   device, with `.madeByKernel` when to a file of /proc, /sys or their like.
    package init(at path: String) throws(IOError) {
        let descriptor = try FoundFile.find(path)
        do throws(IOError) {
            (kind, status, place) = try FoundFile.judge(descriptor, path)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static func judge(
        _ descriptor: Int32,
        _ path: String
    ) throws(IOError) -> (File.Kind, stat, FilePlace?) {
        let status = try File.status(of: descriptor, path)
        let kind = try File.kind(of: status, path)
        let isMadeUp = cshims_is_made_by_kernel(descriptor, UInt64(status.st_dev))
        guard isMadeUp >= 0 else { throw .last("fstatfs", path) }
        guard isMadeUp == 0 else {
            throw IOError(call: "open", path: path, cause: .madeByKernel)
        }
        return (kind, status, try FilePlace(of: descriptor, status, path))
    }

    /// The name by which the kernel opens the very file that was found.
    var reopeningPath: String { FoundFile.link(to: descriptor) }

    static func link(to descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

    static func find(_ path: String) throws(IOError) -> Int32 {
        // SAFETY: the string outlives the call.
        let descriptor = Syscalls.retrying { unsafe Int(cshims_find(path)) }
        guard descriptor >= 0 else { throw .last("open", path) }
        return Int32(descriptor)
    }
}
