// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a job does, so that another process can finish or undo it.
package enum JobWork: Codable, Hashable, Sendable {
    case clone(CloneWork)
    case deleteSnapshot(DeletionWork)

    /// The VM that is made or changed.
    package var vmID: VirtualMachine.ID {
        switch self {
        case .clone(let work): work.vmID
        case .deleteSnapshot(let work): work.vmID
        }
    }

    /// What is collapsed, step by step.
    package var copies: [VolumeCopy] {
        switch self {
        case .clone(let work): work.copies
        case .deleteSnapshot(let work): work.merges.map(\.copy)
        }
    }
}

/// A VM that is being made from a snapshot.
package struct CloneWork: Codable, Hashable, Sendable {
    package let vmID: VirtualMachine.ID
    package let vmName: String
    package let copies: [VolumeCopy]
    /// What the hypervisor is told of it; nil for a VM of the engine's own.
    package var machine: MachineClone?

    package init(vmID: VirtualMachine.ID, vmName: String, copies: [VolumeCopy]) {
        (self.vmID, self.vmName, self.copies) = (vmID, vmName, copies)
    }
}

/// A snapshot that is being removed: its volumes are merged into those above them.
package struct DeletionWork: Codable, Hashable, Sendable {
    package let snapshotID: Snapshot.ID
    package let snapshotName: String
    package let vmID: VirtualMachine.ID
    package let vmName: String
    /// None where a hypervisor merges the images.
    package let merges: [VolumeMerge]
    /// Who removes the snapshot; nil for the engine itself.
    package let hypervisor: String?
}

/// One volume of the removed snapshot, and the one above it that takes its content.
package struct VolumeMerge: Codable, Hashable, Sendable {
    package let removedID: Volume.ID
    package let keptID: Volume.ID
    /// Makes the kept volume's new content, beside it.
    package let copy: VolumeCopy
}

/// One chain that is collapsed into one file.
package struct VolumeCopy: Codable, Hashable, Sendable {
    package let stepID: JobStep.ID
    package let diskAlias: String
    /// The files of the chain, the top first; nothing else may be opened.
    package let sourcePaths: [String]
    package let sourceFormat: Volume.Format
    /// The lowest file that is not collapsed and stays below the target.
    package let basePath: String?
    package let target: CopyTarget
    /// The bytes of data that this copy writes each second, at most; nil for as many as possible.
    package let bytesPerSecond: UInt64?
}

/// The file that is made.
package struct CopyTarget: Codable, Hashable, Sendable {
    package let diskID: Disk.ID
    package let volumeID: Volume.ID
    package let domainID: StorageDomain.ID?
    package let path: String
    package let format: Volume.Format
    package let allocation: Volume.Allocation
    package let capacityBytes: UInt64
}
