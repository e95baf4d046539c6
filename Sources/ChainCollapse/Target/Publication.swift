// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// The target's file from its creation under a temporary name to the moment it gets its own.
///
/// Nothing half-made ever has the final name. A block device is written in place.
struct Publication: Sendable {
    let file: TargetFile
    private let finalPath: String
    /// Nil for a device.
    let partial: PartialFile?
    /// The file that is to be replaced, locked meanwhile.
    private let replaced: File?
    private let durability: CollapseOptions.Durability

    /// Opens the target and locks it as a writer does, changing nothing that exists.
    ///
    /// - Throws: `.targetExists` when something has the name and replacing was not asked for;
    ///   `.inUse` when another program has the device, or the file that is to be replaced, open;
    ///   `.unusableTarget` when the target is a layer of the chain or neither a file nor a device.
    init(
        _ target: CollapseTarget,
        chain: ImageChain,
        _ options: CollapseOptions
    ) throws(CollapseError) {
        durability = options.durability
        var mode = TargetFile.Mode(
            isFlushed: durability == .flushed,
            isDirect: options.isDirect
        )
        mode.permissions = target.permissions
        mode.isZeroed = target.isZeroed
        let existing = Directory.kind(of: target.path)
        guard existing == nil || target.replacesExisting || existing == .other else {
            throw Publication.exists(target.path)
        }
        switch existing {
        case .other:
            throw CollapseError(
                .unusableTarget,
                "\(target.path): the target is neither a file nor a block device"
            )
        case .regular where target.fillsExisting:
            guard !options.resumes else { throw Publication.cannotResume(target.path) }
            mode.isInPlace = true
            (finalPath, partial, replaced) = (target.path, nil, nil)
            file = try Publication.existing(target.path, mode, chain)
        case nil where target.fillsExisting:
            throw CollapseError(
                .notFound,
                "\(target.path): there is nothing that could be filled"
            )
        case .blockDevice:
            guard !options.resumes else { throw Publication.cannotResume(target.path) }
            (finalPath, partial, replaced) = (target.path, nil, nil)
            file = try Publication.existing(target.path, mode, chain)
        case .regular, nil:
            replaced =
                existing == nil ? nil : try Publication.lockedFile(target.path, chain)
            finalPath = try Publication.destination(of: target.path)
            let partial = try Publication.partial(
                for: finalPath,
                target.path,
                mode,
                options,
                replaces: replaced != nil
            )
            (file, self.partial) = (partial.file, partial)
            if let replaced, !partial.wasKept { try adoptOwner(of: replaced) }
        }
    }

    private static func exists(_ path: String) -> CollapseError {
        CollapseError(
            .targetExists,
            "\(path): the target exists and is left alone (to replace it, use --force)"
        )
    }

    private static func destination(of path: String) throws(CollapseError) -> String {
        try usingDisk { () throws(IOError) in try Directory.destination(of: path) }
    }

    /// What an earlier attempt has kept, if it is to go on, or a new file.
    private static func partial(
        for finalPath: String,
        _ shown: String,
        _ mode: TargetFile.Mode,
        _ options: CollapseOptions,
        replaces: Bool
    ) throws(CollapseError) -> PartialFile {
        let kept =
            options.resumes ? PartialFile.kept(for: finalPath, shownAs: shown, mode) : nil
        Leftovers.sweep(for: finalPath)
        if let kept { return kept }
        return try PartialFile.new(
            for: finalPath,
            shownAs: shown,
            mode,
            replaces: replaces,
            hasJournal: options.resumes
        )
    }

    private static func cannotResume(_ path: String) -> CollapseError {
        CollapseError(
            .invalidOptions,
            "\(path): --resume is for files: a device has no second name under which half a copy "
                + "could be kept"
        )
    }

    /// The new file gets the owner and the permissions of the one that it replaces.
    private func adoptOwner(of replaced: File) throws(CollapseError) {
        do throws(IOError) { try file.adoptOwner(of: replaced) } catch {
            partial?.remove()
            throw CollapseError(.io(error))
        }
    }

    /// A file or device, which others have neither mounted nor open for anything that writing disturbs.
    private static func existing(
        _ path: String,
        _ mode: TargetFile.Mode,
        _ chain: ImageChain
    ) throws(CollapseError) -> TargetFile {
        let file: TargetFile
        do throws(IOError) { file = try TargetFile(opening: path, mode) } catch {
            throw error.isInUse ? inUse(path) : CollapseError(.io(error))
        }
        try refuseLayer(file.identity, path, chain)
        try lock(path) { () throws(IOError) in try file.lock() }
        return file
    }

    /// The file that has the target's name: who has it open would go on with a file without one.
    private static func lockedFile(
        _ path: String,
        _ chain: ImageChain
    ) throws(CollapseError) -> File {
        let file = try usingDisk { () throws(IOError) in try File(readingFrom: path) }
        try refuseLayer(file.identity, path, chain)
        guard Directory.isWritable(path) else {
            throw CollapseError(
                .unusableTarget,
                "\(path): the file that is to be replaced is protected from writing, and is left alone "
                    + "(chmod u+w, or choose another target)"
            )
        }
        try lock(path) { () throws(IOError) in try file.lock(for: .write) }
        return file
    }

    private static func lock(
        _ path: String,
        _ take: () throws(IOError) -> Bool
    ) throws(CollapseError) {
        guard try usingDisk(take) else { throw inUse(path) }
    }

    private static func inUse(_ path: String) -> CollapseError {
        CollapseError(
            .inUse,
            "\(path): the target is in use by a running VM or another program, and is left alone "
                + "(end that, or choose another target)"
        )
    }

    private static func refuseLayer(
        _ identity: File.Identity,
        _ path: String,
        _ chain: ImageChain
    ) throws(CollapseError) {
        guard chain.layers.allSatisfy({ !$0.identities.contains(identity) }) else {
            throw CollapseError(
                .unusableTarget,
                "\(path): the target is itself a layer of the chain"
            )
        }
    }

    /// The space that there is for a file, with what it has already; nil for a device, which has its own.
    func freeBytes() throws(CollapseError) -> UInt64? {
        guard partial != nil else { return nil }
        return try usingDisk { () throws(IOError) in
            let freeBytes = try Directory.freeBytes(in: Directory.parent(of: finalPath))
            return try freeBytes.addingReportingOverflow(file.size().allocatedBytes).partialValue
        }
    }

    /// Gives the finished file its name, after its bytes have reached the disk.
    func publish() throws(CollapseError) {
        if durability == .flushed {
            try usingDisk { () throws(IOError) in try file.flush() }
        }
        guard let partial else { return }
        do throws(IOError) {
            if let replaced, Directory.kind(of: finalPath) == .regular(replaced.identity) {
                try Directory.replace(finalPath, by: partial.path)
                if durability == .flushed { try flushDirectory() }
            } else {
                try Directory.publish(partial.path, as: finalPath)
                if durability == .flushed { try flushDirectory(takingBack: partial.path) }
            }
            partial.removeJournal()
        } catch {
            guard error.nameIsTaken else { throw CollapseError(.io(error)) }
            throw CollapseError(
                .targetExists,
                "\(finalPath): something else took the target's name meanwhile"
            )
        }
    }

    /// Puts the target's name on stable storage; where that fails, the file may have another again.
    private func flushDirectory(takingBack path: String? = nil) throws(IOError) {
        do throws(IOError) { try Directory.flush(Directory.parent(of: finalPath)) } catch {
            if let path { try? Directory.replace(path, by: finalPath) }
            throw error
        }
    }

    /// Removes what was written, unless another process can go on with it.
    ///
    /// A device keeps what it has by then.
    ///
    /// - Returns: true when something is kept.
    @discardableResult
    func abandon(_ journal: Journal? = nil, after error: CollapseError? = nil) -> Bool {
        guard let partial else { return false }
        // Nobody goes on with what is not what was written.
        let isSound = error?.code != .verificationFailed
        if isSound, journal?.isWorthKeeping ?? partial.wasKept { return true }
        partial.remove()
        return false
    }
}
