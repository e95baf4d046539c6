// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a clone is going to be, disk by disk.
package struct ClonePlan: Hashable, Sendable {
    /// A disk that is collapsed.
    package struct Copy: Hashable, Sendable {
        package let source: ConfiguredDisk
        /// The volumes that have the disk, the top first.
        package let chain: [Volume]
        package let alias: String
        package let domain: StorageDomain
        package let shape: VolumeShape
        /// The space that the copy takes, in bytes, when it can share no blocks.
        package let requiredBytes: UInt64
        package var attachment: DiskAttachment
        /// The file system can let the copy have blocks of the chain instead of copies of them; false
        /// where nobody has looked.
        package internal(set) var canShareBlocks = false
    }

    /// A disk that the clone has together with others.
    package struct SharedDisk: Hashable, Sendable {
        package let disk: Disk
        package var attachment: DiskAttachment
    }

    /// A disk that the clone lacks.
    package struct MissingDisk: Hashable, Sendable {
        package let alias: String
        package let reason: String
        /// True when the caller wanted it so.
        package let isWanted: Bool
    }

    package let snapshot: Snapshot
    package let source: VirtualMachine
    package let configuration: VMConfiguration
    package let name: String
    package let details: VirtualMachine.Details
    package internal(set) var copies: [Copy] = []
    package internal(set) var sharedDisks: [SharedDisk] = []
    package internal(set) var missingDisks: [MissingDisk] = []
    /// In what the clone is going to differ from its source besides its disks, a sentence each without
    /// its end.
    package internal(set) var remarks: [String] = []

    /// The space that all copies take in a domain, in bytes.
    package func requiredBytes(in domain: StorageDomain) -> UInt64 {
        copies.filter { $0.domain.id == domain.id }.reduce(0) { $0 + $1.requiredBytes }
    }

    /// The domains that get copies, by name.
    package var domains: [StorageDomain] {
        Set(copies.map(\.domain)).sorted { $0.name < $1.name }
    }
}

/// What was found out about a disk's chain before the store is changed: looking may take a while.
enum DiskFinding: Hashable, Sendable {
    case requires(UInt64)
    /// A file of it is not there.
    case missing(String)
    /// It cannot be read.
    case unusable(String)
}
