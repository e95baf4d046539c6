// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation

extension Inventory.Machine {
    /// A snapshot is known before its disks are frozen.
    private static let longestSnapshotSeconds = 60.0

    /// True for a snapshot that is just being taken.
    func isStillTaking(_ state: Inventory.State, at now: Date) -> Bool {
        guard now.timeIntervalSince(state.createdAt) < Inventory.Machine.longestSnapshotSeconds
        else {
            return false
        }
        return state.drives.contains { drive in
            state.overlays[drive.target] != nil
                && hardware.drives.contains { $0.target == drive.target && $0.place == drive.place }
        }
    }
}

extension Mirror {
    /// The clock of a file system need not be ours, and a snapshot is not taken at once.
    private static let slackSeconds = 10.0

    /// Why a snapshot's disk is not what it was; nil when it is.
    ///
    /// The hypervisor's word for where it lies is not enough. Images may have been merged or removed
    /// since, by others and without its knowledge. The file must not be one that a VM writes to, nor
    /// have been written to since we know it. When a VM uses the overlay that the snapshot has put above
    /// it, the file reads as it did; else no image of the chain may be newer than the snapshot.
    func damage(
        to drive: Inventory.Drive,
        of state: Inventory.State,
        of machine: Inventory.Machine,
        _ earlier: SnapshotVolume?
    ) -> String? {
        let layers: [Survey.Layer]
        switch survey.chain(drive.place) {
        case .layers(let found): layers = found
        case .unreadable(let reason): return reason
        }
        for layer in layers {
            guard let writer = writers[layer.path] else { continue }
            return "VM \(writer) writes to its file \(layer.path) now"
        }
        let stamp = FileStamp(of: layers[0].path)?.fingerprint
        if let fingerprint = earlier?.fingerprint, fingerprint != stamp {
            return "its file \(layers[0].path) has changed since the snapshot was taken"
        }
        let overlay = state.overlays[drive.target] ?? ""
        if isInUse(overlay, directlyAbove: layers[0].path, in: machine) { return nil }
        let latest = state.createdAt.addingTimeInterval(Mirror.slackSeconds)
        let newer = layers.first { FileStamp(of: $0.path).map { $0.modifiedAt > latest } ?? true }
        return newer.map {
            "its file \($0.path) was written to after the snapshot was taken, and \(overlay), which "
                + "was above it then, is not any more"
        }
    }

    /// The VMs that write to a file, by the file.
    private var writers: [String: String] {
        var writers: [String: String] = [:]
        for machine in inventory.machines {
            for drive in machine.hardware.drives where !drive.isReadOnly {
                guard let path = drive.place.path else { continue }
                writers[Directory.resolved(path)] = machine.name
            }
        }
        return writers
    }

    private func isInUse(
        _ overlay: String,
        directlyAbove path: String,
        in machine: Inventory.Machine
    ) -> Bool {
        machine.hardware.drives.contains { drive in
            let paths = survey.chain(drive.place).layers.map(\.path)
            return zip(paths, paths.dropFirst()).contains { $0 == overlay && $1 == path }
        }
    }
}
