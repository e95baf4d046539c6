// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Event {
    /// What can happen, and how it is told.
    ///
    /// Codes up to 9999 are oVirt's, with its texts; those from 20000 on are for what it never logs.
    package struct Kind: Hashable, Sendable {
        let code: Int
        let severity: Severity
        let message: String

        fileprivate init(_ code: Int, _ message: String, _ severity: Severity = .normal) {
            (self.code, self.severity, self.message) = (code, severity, message)
        }
    }
}

extension Event.Kind {
    static func cloneStarted(vm: String, user: String) -> Self {
        Self(37, "VM \(vm) creation was initiated by \(user).")
    }

    static func cloneFinished(vm: String) -> Self {
        Self(53, "VM \(vm) creation has been completed.")
    }

    static func cloneFailed(vm: String) -> Self {
        Self(60, "Failed to complete VM \(vm) creation.", .error)
    }

    static func cloneCancelled(vm: String) -> Self {
        Self(20005, "VM \(vm) creation was cancelled; nothing of it is left.")
    }

    static func cloneUndone(vm: String) -> Self {
        Self(
            20006,
            "VM \(vm) creation was interrupted and has been undone; nothing of it is left.",
            .warning
        )
    }

    static func cloneResumed(vm: String) -> Self {
        Self(20014, "VM \(vm) creation was interrupted, and goes on where it was.")
    }

    static func vmAdded(vm: String, user: String) -> Self {
        Self(34, "VM \(vm) was created by \(user).")
    }

    static func vmRemoved(vm: String, user: String) -> Self {
        Self(113, "VM \(vm) was successfully removed by \(user).")
    }

    static func snapshotStarted(snapshot: String, vm: String, user: String) -> Self {
        Self(45, "Snapshot '\(snapshot)' creation for VM '\(vm)' was initiated by \(user).")
    }

    static func snapshotCreated(snapshot: String, vm: String) -> Self {
        Self(68, "Snapshot '\(snapshot)' creation for VM '\(vm)' has been completed.")
    }

    static func snapshotRemovalStarted(snapshot: String, vm: String, user: String) -> Self {
        Self(342, "Snapshot '\(snapshot)' deletion for VM '\(vm)' was initiated by \(user).")
    }

    static func snapshotRemoved(snapshot: String, vm: String) -> Self {
        Self(356, "Snapshot '\(snapshot)' deletion for VM '\(vm)' has been completed.")
    }

    static func snapshotRemovalFailed(snapshot: String, vm: String) -> Self {
        Self(357, "Failed to delete snapshot '\(snapshot)' for VM '\(vm)'.", .error)
    }

    static func snapshotRemovalLeft(snapshot: String, vm: String) -> Self {
        Self(
            20015,
            "The process that waited for snapshot '\(snapshot)' of VM '\(vm)' to be removed is gone; "
                + "libvirt goes on with it. If it is there later, please delete it again.",
            .warning
        )
    }

    static func diskAdded(disk: String, user: String) -> Self {
        Self(2021, "The disk '\(disk)' was successfully added by \(user).")
    }

    static func diskAdopted(disk: String, path: String, user: String) -> Self {
        Self(20007, "The disk '\(disk)' was adopted from \(path) by \(user).")
    }

    static func diskRemoved(disk: String, user: String) -> Self {
        Self(2014, "Disk \(disk) was successfully removed (User \(user)).")
    }

    static func diskPlugged(disk: String, vm: String, user: String) -> Self {
        Self(2000, "VM \(vm) disk \(disk) was plugged by \(user).")
    }

    static func diskUnplugged(disk: String, vm: String, user: String) -> Self {
        Self(2002, "VM \(vm) disk \(disk) was unplugged by \(user).")
    }

    static func fileKept(disk: String, path: String) -> Self {
        Self(20008, "The file \(path) of disk \(disk) was adopted, so it was not removed.")
    }

    static func domainAdded(domain: String, user: String) -> Self {
        Self(956, "Storage Domain \(domain) was added by \(user).")
    }

    static func domainRemoved(domain: String, user: String) -> Self {
        Self(960, "Storage Domain \(domain) was removed by \(user).")
    }

    static func permissionGranted(_ permission: Permission, on name: String, user: String) -> Self {
        Self(
            20020,
            "User \(permission.userName) was granted role \(permission.role.rawValue) on \(name) "
                + "by \(user)."
        )
    }

    static func permissionRevoked(_ permission: Permission, on name: String, user: String) -> Self {
        Self(
            20021,
            "Role \(permission.role.rawValue) of user \(permission.userName) on \(name) was taken "
                + "back by \(user)."
        )
    }

    static func userAdded(_ name: String, user: String) -> Self {
        Self(20022, "User \(name) was added by \(user).")
    }

    static func userRemoved(_ name: String, user: String) -> Self {
        Self(20023, "User \(name) was removed by \(user).")
    }

    static func passwordChanged(_ name: String, user: String) -> Self {
        Self(20024, "The password of user \(name) was changed by \(user); all sessions have ended.")
    }

    static func diskOmitted(disk: String, snapshot: String, vm: String, reason: String) -> Self {
        Self(
            20001,
            "Disk \(disk) of snapshot '\(snapshot)' is not part of VM \(vm): \(reason).",
            .warning
        )
    }

    static func diskShared(disk: String, vm: String, isPlugged: Bool) -> Self {
        Self(
            20002,
            "Disk \(disk) is shared, so it was not copied: VM \(vm) has the same disk attached"
                + (isPlugged ? " and plugged; both write to it." : ", unplugged."),
            .warning
        )
    }

    static func diskLeftOut(disk: String, vm: String, reason: String) -> Self {
        Self(20003, "Disk \(disk) is not part of VM \(vm): \(reason).", .warning)
    }

    static func vmForgotten(vm: String, by hypervisor: String) -> Self {
        Self(20009, "VM \(vm) is not known to \(hypervisor) any more.")
    }

    static func vmRenamed(from old: String, to new: String) -> Self {
        Self(20010, "VM \(old) is called \(new) now.")
    }

    static func snapshotDamaged(
        disk: String,
        snapshot: String,
        vm: String,
        reason: String
    ) -> Self {
        Self(
            20011,
            "Disk \(disk) of snapshot '\(snapshot)' of VM \(vm) cannot be cloned any more: "
                + "\(reason).",
            .warning
        )
    }

    static func diskNotFrozen(disk: String, snapshot: String, reason: String) -> Self {
        Self(20012, "Disk \(disk) is not part of snapshot '\(snapshot)': \(reason).", .warning)
    }

    static func machineChanged(vm: String, remark: String) -> Self {
        Self(20013, "VM \(vm) is not like its source: \(remark).", .warning)
    }

    static func vmStarted(vm: String, user: String) -> Self {
        Self(153, "VM \(vm) was started by \(user).")
    }

    static func vmStopped(vm: String, user: String, isForced: Bool) -> Self {
        isForced
            ? Self(33, "VM \(vm) powered off by \(user).")
            : Self(73, "VM shutdown initiated by \(user) on VM \(vm).")
    }

    static func memoryNotCloned(snapshot: String, vm: String) -> Self {
        Self(
            20004,
            "Snapshot '\(snapshot)' was taken while the VM was running; its memory is not part of "
                + "VM \(vm), whose guest starts as after a power cut.",
            .warning
        )
    }
}
