// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// The target's file from its creation under a temporary name to the moment it gets its own.
///
/// Nothing half-made ever has the final name. A block device is written in place.
struct Publication: Sendable {
    /// The file systems' limit for a name; temporary names add to the target's.
    private static let maximumNameBytes = 255

    let file: TargetFile
    private let finalPath: String
    private let temporaryPath: String?
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
            throw CollapseError(
                .targetExists,
                "\(target.path): the target exists and is left alone (to replace "
                    + "it, use --force)"
            )
        }
        switch existing {
        case .other:
            throw CollapseError(
                .unusableTarget,
                "\(target.path): the target is neither a file nor a block device"
            )
        case .regular where target.fillsExisting:
            mode.isInPlace = true
            (finalPath, temporaryPath, replaced) = (target.path, nil, nil)
            file = try Publication.existing(target.path, mode, chain)
        case nil where target.fillsExisting:
            throw CollapseError(
                .notFound,
                "\(target.path): there is nothing that could be filled"
            )
        case .blockDevice:
            (finalPath, temporaryPath, replaced) = (target.path, nil, nil)
            file = try Publication.existing(target.path, mode, chain)
        case .regular, nil:
            replaced =
                existing == nil ? nil : try Publication.lockedFile(target.path, chain)
            finalPath = existing == nil ? target.path : Directory.resolved(target.path)
            let temporary = Publication.temporaryPath(for: finalPath)
            temporaryPath = temporary
            file = try Publication.newFile(temporary, shownAs: target.path, mode)
            if let replaced {
                try usingDisk { () throws(IOError) in try file.adoptOwner(of: replaced) }
            }
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
        try lock(path) { () throws(IOError) in try file.lock(for: .write) }
        return file
    }

    private static func newFile(
        _ temporary: String,
        shownAs path: String,
        _ mode: TargetFile.Mode
    ) throws(CollapseError) -> TargetFile {
        let file: TargetFile
        do throws(IOError) {
            file = try TargetFile(creating: temporary, shownAs: path, mode)
        } catch {
            throw CollapseError(.unusableTarget, "the target cannot be created: \(error)")
        }
        do throws(CollapseError) {
            try lock(path) { () throws(IOError) in try file.lock() }
        } catch {
            try? Directory.remove(temporary)
            throw error
        }
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

    /// `.NAME.RANDOM.partial` in the target's directory.
    private static func temporaryPath(for path: String) -> String {
        let attempt = String(UInt64.random(in: .min ... .max), radix: 36)
        let suffix = ".\(attempt).partial"
        let name = Directory.name(of: path)
        let room = maximumNameBytes - suffix.utf8.count - 1
        return String(decoding: path.utf8.dropLast(name.utf8.count), as: UTF8.self) + "."
            + String(decoding: name.utf8.prefix(room), as: UTF8.self) + suffix
    }

    /// Gives the finished file its name, after its bytes have reached the disk.
    func publish() throws(CollapseError) {
        if durability == .flushed {
            try usingDisk { () throws(IOError) in try file.flush() }
        }
        guard let temporaryPath else { return }
        do throws(IOError) {
            if let replaced, Directory.kind(of: finalPath) == .regular(replaced.identity) {
                try Directory.replace(finalPath, by: temporaryPath)
            } else {
                try Directory.publish(temporaryPath, as: finalPath)
            }
            if durability == .flushed { try Directory.flush(Directory.parent(of: finalPath)) }
        } catch {
            guard error.nameIsTaken else { throw CollapseError(.io(error)) }
            throw CollapseError(
                .targetExists,
                "\(finalPath): something else took the target's name meanwhile"
            )
        }
    }

    /// Removes what was written.
    ///
    /// A device keeps what it has by then.
    func abandon() {
        if let temporaryPath { try? Directory.remove(temporaryPath) }
    }
}
