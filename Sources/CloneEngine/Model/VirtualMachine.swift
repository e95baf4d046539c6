// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// A virtual machine.
package struct VirtualMachine: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<VirtualMachine>

    /// What the machine does; `imageLocked` while its disks are being made.
    package enum Status: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case down, up
        case imageLocked = "image_locked"
    }

    package let id: ID
    package var name: String
    package var details: Details
    package var status: Status
    package let createdAt: Date
    /// The hypervisor that has defined the VM and knows what it is; nil for one of the engine's own.
    package var hypervisor: String?

    /// What a person sets.
    package struct Details: Codable, Hashable, Sendable {
        package var description = ""
        package var memoryBytes: UInt64 = 1 << 30
        package var processor = Processor()
        package var firmware = Firmware.bios

        package init() {}
    }

    /// How many processors a guest sees, and how they are arranged.
    package struct Processor: Codable, Hashable, Sendable {
        package var sockets = 1
        package var coresPerSocket = 1
        package var threadsPerCore = 1

        package init() {}

        package var count: Int { sockets * coresPerSocket * threadsPerCore }
    }

    /// What starts the guest.
    package enum Firmware: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case bios, uefi
    }

    package init(
        id: ID = ID(),
        name: String,
        details: Details = Details(),
        status: Status = .down,
        createdAt: Date,
        hypervisor: String? = nil
    ) {
        (self.id, self.name, self.details) = (id, name, details)
        (self.status, self.createdAt) = (status, createdAt)
        self.hypervisor = hypervisor
    }
}

extension VirtualMachine: FetchableRecord, PersistableRecord {
    static let databaseTableName = "virtualMachine"
}
