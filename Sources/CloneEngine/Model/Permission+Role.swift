// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension Permission {
    /// A set of actions that goes by a name: oVirt's.
    package enum Role: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case superUser = "SuperUser"
        case readOnlyAdministrator = "ReadOnlyAdmin"
        case clusterAdministrator = "ClusterAdmin"
        case storageAdministrator = "StorageAdmin"
        /// Makes VMs, and owns those that he has made.
        case powerUser = "PowerUserRole"
        /// Uses a VM.
        case user = "UserRole"
        /// Uses a VM, and plugs and unplugs its disks.
        case runTimeManager = "UserVmRunTimeManager"
        case vmOwner = "UserVmManager"
        case vmCreator = "VmCreator"
        case diskCreator = "DiskCreator"
        case diskOperator = "DiskOperator"

        /// What who has the role may do.
        package var actions: Set<Action> {
            switch self {
            case .superUser: Set(Action.allCases)
            case .readOnlyAdministrator: [.readVM, .readDisk, .readStorage, .readUsers]
            case .clusterAdministrator: Role.vmActions.union([.readStorage, .readUsers])
            case .storageAdministrator:
                Role.diskActions.union([.createDisk, .readStorage, .manageStorage])
            case .powerUser: [.createVM, .createDisk]
            case .user: [.readVM, .runVM]
            case .runTimeManager: [.readVM, .runVM, .configureVMStorage, .readDisk]
            case .vmOwner: Role.vmActions
            case .vmCreator: [.createVM]
            case .diskCreator: [.createDisk]
            case .diskOperator: Role.diskActions
            }
        }

        /// True for a role by which people look after what is not theirs.
        package var isAdministrative: Bool {
            actions.contains(.manageStorage) || actions.contains(.readUsers)
        }

        /// What it is for, in some words.
        package var purpose: String {
            switch self {
            case .superUser: "everything"
            case .readOnlyAdministrator: "looks at everything"
            case .clusterAdministrator: "all about VMs and their disks"
            case .storageAdministrator: "all about storage domains and disks"
            case .powerUser: "makes VMs and disks, and owns those"
            case .user: "uses a VM: sees, starts and stops it"
            case .runTimeManager: "uses a VM, plugs and unplugs its disks"
            case .vmOwner: "everything with a VM, its snapshots and disks"
            case .vmCreator: "makes VMs"
            case .diskCreator: "makes disks in a domain"
            case .diskOperator: "attaches, changes and removes a disk"
            }
        }

        /// All that can be done with a VM and what belongs to it.
        private static let vmActions = diskActions.union([
            .createVM, .readVM, .editVM, .runVM, .deleteVM, .configureVMStorage, .manageSnapshots,
            .managePermissions,
        ])

        /// All that can be done with a disk that is there.
        private static let diskActions: Set<Action> = [
            .readDisk, .editDisk, .attachDisk, .deleteDisk,
        ]
    }
}
