// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation

/// The files that a transaction makes and removes, noted before it does.
///
/// After a crash those of them go that no volume has. Nothing else is ever removed for belonging to
/// nobody: a domain may have other owners' files.
final class FileNotes {
    private let directory: String
    private var note: (path: String, lock: File)?

    /// Notes of a state directory; none is written before there is a file to be noted.
    init(in stateDirectory: String) { directory = FileNotes.directory(in: stateDirectory) }

    private static func directory(in stateDirectory: String) -> String { stateDirectory + "/files" }

    /// Notes a file, and returns when the note is on stable storage.
    func add(_ path: String) throws {
        if note == nil { note = try makeNote() }
        guard let note, let file = FileHandle(forUpdatingAtPath: note.path) else { return }
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: Data("\(path)\n".utf8))
        try file.synchronize()
    }

    private func makeNote() throws -> (String, File) {
        let files = FileManager.default
        try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let name = UUID().uuidString
        let (path, hidden) = ("\(directory)/\(name)", "\(directory)/.\(name)")
        guard files.createFile(atPath: hidden, contents: nil), let lock = try File.abandoned(hidden)
        else { throw CocoaError(.fileWriteUnknown) }
        try Directory.replace(path, by: hidden)
        try Directory.flush(directory)
        return (path, lock)
    }

    /// Forgets the notes: the files are what they should be.
    func end() {
        if let note { try? Directory.remove(note.path) }
        note = nil
    }

    /// Calls `body` with the files of each process that is gone, and forgets them.
    static func settle(in stateDirectory: String, _ body: ([String]) throws -> Void) throws {
        let directory = directory(in: stateDirectory)
        for name in (try? Directory.names(in: directory)) ?? [] where !name.hasPrefix(".") {
            let path = "\(directory)/\(name)"
            guard let lock = try File.abandoned(path) else { continue }
            let text = try withExtendedLifetime(lock) {
                try String(contentsOfFile: path, encoding: .utf8)
            }
            // A line that was being written names a file that had not been made.
            try body(text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init))
            try Directory.remove(path)
        }
    }
}
