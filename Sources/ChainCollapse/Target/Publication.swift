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
    private let replacesExisting: Bool
    private let durability: CollapseOptions.Durability

    /// Opens the target, touching nothing that exists.
    ///
    /// - Throws: `.targetExists` when something has the name and replacing was not asked for;
    ///   `.unusableTarget` when the target is a layer of the chain or neither a file nor a device.
    init(
        _ target: CollapseTarget,
        chain: ImageChain,
        _ options: CollapseOptions
    ) throws(CollapseError) {
        durability = options.durability
        let mode = TargetFile.Mode(
            isFlushed: durability == .flushed,
            isDirect: options.isDirect
        )
        replacesExisting = target.replacesExisting
        let existing = Directory.kind(of: target.path)
        guard existing != .other else {
            throw CollapseError(
                .unusableTarget,
                "\(target.path): the target is neither a file nor a block device"
            )
        }
        guard existing == nil || target.replacesExisting else {
            throw CollapseError(
                .targetExists,
                "\(target.path): the target exists and is left alone (to replace "
                    + "it, use --force)"
            )
        }
        if case .regular(let identity)? = existing {
            try Publication.refuseLayer(identity, target.path, chain)
        }
        guard existing != .blockDevice else {
            finalPath = target.path
            temporaryPath = nil
            file = try usingDisk { () throws(IOError) in
                try TargetFile(device: target.path, mode)
            }
            try Publication.refuseLayer(file.identity, target.path, chain)
            return
        }
        let path = existing == nil ? target.path : Directory.resolved(target.path)
        let temporary = Publication.temporaryPath(for: path)
        finalPath = path
        temporaryPath = temporary
        do throws(IOError) {
            file = try TargetFile(creating: temporary, shownAs: target.path, mode)
        } catch {
            throw CollapseError(.unusableTarget, "the target cannot be created: \(error)")
        }
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
            if replacesExisting {
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
