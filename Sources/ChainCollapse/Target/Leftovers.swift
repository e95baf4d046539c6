// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// A file of an incomplete target in a directory.
public struct Leftover: Hashable, Sendable {
    /// What was found about it, or done with it.
    public enum State: String, Hashable, Sendable {
        /// Nobody writes it; it can be removed.
        case abandoned
        /// It was removed.
        case removed
        /// A living process has it locked; it is left alone.
        case inUse = "in-use"
        /// It could not be looked at or removed.
        case failed
    }

    /// The file's path.
    public let path: String
    /// The bytes that it takes, or took; 0 where it was not looked at.
    public let allocatedBytes: UInt64
    /// What became of it.
    public let state: State
    /// Why it failed.
    public let reason: String?
}

/// What collapses have left that were killed, or whose machine lost power.
public enum Leftovers {
    /// Looks at the incomplete targets in a directory and removes those that nobody writes.
    ///
    /// Whether somebody does is told by the locks of a file alone, not by its age. What is no regular
    /// file, or has another name than an incomplete target, is not touched.
    ///
    /// - Parameters:
    ///   - directory: where targets are made.
    ///   - isDryRun: remove nothing.
    /// - Returns: the files, ordered by name.
    /// - Throws: `CollapseError` when the directory cannot be read.
    public static func clean(
        _ directory: String,
        isDryRun: Bool = false
    ) throws(CollapseError) -> [Leftover] {
        let names = try usingDisk { () throws(IOError) in try Directory.names(in: directory) }
        return names.filter { PartialName($0) != nil }.sorted().compactMap { name in
            settle("\(directory)/\(name)", isDryRun: isDryRun)
        }
    }

    /// Removes what was left of earlier attempts at a target, as far as that can be done.
    static func sweep(for target: String) {
        let directory = Directory.parent(of: target)
        for name in (try? Directory.names(in: directory)) ?? [] {
            guard let partial = PartialName(name), partial.belongs(to: target) else { continue }
            _ = settle("\(directory)/\(name)", isDryRun: false)
        }
    }

    /// Removes one file, unless somebody writes it; nil when it is no regular file.
    private static func settle(_ path: String, isDryRun: Bool) -> Leftover? {
        guard Directory.identity(of: path) != nil else { return nil }
        do throws(IOError) {
            guard let file = try File.abandoned(path) else {
                return Leftover(path: path, allocatedBytes: 0, state: .inUse, reason: nil)
            }
            let bytes = try file.allocatedBytes()
            // The lock is held until the name is gone, so that nobody begins to use the file.
            if !isDryRun { try Directory.remove(path) }
            return withExtendedLifetime(file) {
                Leftover(
                    path: path,
                    allocatedBytes: bytes,
                    state: isDryRun ? .abandoned : .removed,
                    reason: nil
                )
            }
        } catch {
            return Leftover(path: path, allocatedBytes: 0, state: .failed, reason: "\(error)")
        }
    }
}
