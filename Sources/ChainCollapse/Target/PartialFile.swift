// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// What grows beside a target's name until it is complete, locked against everybody else.
struct PartialFile: Sendable {
    /// A new file that somebody takes for abandoned before it is locked is made again so many times.
    private static let maximumAttempts = 8

    let path: String
    let file: TargetFile
    /// Tells how far the file is, so that another process can go on with it.
    private(set) var journal: JournalPlace?

    /// An earlier process has begun it.
    private(set) var wasKept = false

    /// A journal's path and the file, open.
    struct JournalPlace: Sendable {
        let path: String
        let file: TargetFile
    }

    /// Makes a new file; errors show the name that it will get, which an older file may have.
    ///
    /// - Throws: `.unusableTarget` when it cannot be made.
    static func new(
        for target: String,
        shownAs shown: String,
        _ mode: TargetFile.Mode,
        replaces: Bool,
        hasJournal: Bool
    ) throws(CollapseError) -> PartialFile {
        let directory = Directory.parent(of: target)
        for _ in 0..<maximumAttempts {
            let name = PartialName(for: target)
            let path = "\(directory)/\(name.text)"
            do throws(IOError) {
                let file = try locked(path) { () throws(IOError) in
                    try TargetFile(creating: path, shownAs: shown, mode)
                }
                guard let file else { continue }
                var partial = PartialFile(path: path, file: file)
                guard hasJournal else { return partial }
                if try partial.addJournal("\(directory)/\(name.journal.text)") {
                    try Directory.flush(directory)
                    return partial
                }
            } catch {
                guard replaces, error.isForbidden else {
                    throw CollapseError(.unusableTarget, "the target cannot be created: \(error)")
                }
                throw CollapseError(
                    .unusableTarget,
                    "\(error): the new file is made beside the old one, which it replaces in one step, "
                        + "and none can be made in \(directory) (choose another folder, or write a raw "
                        + "disk in place: convert -n -O raw)"
                )
            }
        }
        throw CollapseError(.inUse, "\(shown): other programs lock what is to become the target")
    }

    /// Makes a journal, which nobody else may read; false when the attempt has failed as a whole.
    private mutating func addJournal(_ path: String) throws(IOError) -> Bool {
        var mode = TargetFile.Mode()
        mode.permissions = 0o600
        do throws(IOError) {
            let file = try PartialFile.locked(path) { () throws(IOError) in
                try TargetFile(creating: path, mode)
            }
            if let file {
                journal = JournalPlace(path: path, file: file)
                return true
            }
        } catch {
            remove()
            throw error
        }
        remove()
        return false
    }

    /// A new file with its lock; nil, and no file, when somebody was faster who sweeps.
    private static func locked(
        _ path: String,
        _ create: () throws(IOError) -> TargetFile
    ) throws(IOError) -> TargetFile? {
        let file = try create()
        let isLocked = Result { () throws(IOError) in try file.lock() }
        if case .success(true) = isLocked, Directory.identity(of: path) == file.identity {
            return file
        }
        try? Directory.remove(path)
        _ = try isLocked.get()
        return nil
    }

    /// What an earlier process has left of the target, with its journal, if nobody else goes on with
    /// it; nil when there is nothing.
    static func kept(
        for target: String,
        shownAs shown: String,
        _ mode: TargetFile.Mode
    ) -> PartialFile? {
        let directory = Directory.parent(of: target)
        let names = (try? Directory.names(in: directory)) ?? []
        for name in names.sorted() {
            guard let name = PartialName(name), name.kind == .target, name.belongs(to: target)
            else { continue }
            let (path, journal) = ("\(directory)/\(name.text)", "\(directory)/\(name.journal.text)")
            if let file = try? TargetFile(
                reopening: path,
                shownAs: shown,
                mode,
                isOwn: false
            ),
                let journalFile = try? TargetFile(reopening: journal)
            {
                let place = JournalPlace(path: journal, file: journalFile)
                return PartialFile(path: path, file: file, journal: place, wasKept: true)
            }
        }
        return nil
    }

    /// Removes the journal, which nobody needs when the file has its name.
    func removeJournal() {
        if let journal { try? Directory.remove(journal.path) }
    }

    /// Removes the file and its journal.
    func remove() {
        removeJournal()
        try? Directory.remove(path)
    }
}
