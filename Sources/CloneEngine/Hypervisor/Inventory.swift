// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a hypervisor has, as it tells it.
package struct Inventory: Hashable, Sendable {
    package var machines: [Machine]
    package var pools: [Pool]

    package init(machines: [Machine], pools: [Pool]) {
        (self.machines, self.pools) = (machines, pools)
    }

    /// A directory that has a name.
    package struct Pool: Hashable, Sendable {
        package let id: StorageDomain.ID
        package let name: String
        package let path: String

        package init(id: StorageDomain.ID, name: String, path: String) {
            (self.id, self.name, self.path) = (id, name, path)
        }
    }

    /// A VM.
    package struct Machine: Hashable, Sendable {
        package let id: VirtualMachine.ID
        package let name: String
        package let isRunning: Bool
        package let hardware: Hardware
        package let snapshots: [State]

        package init(
            id: VirtualMachine.ID,
            name: String,
            isRunning: Bool,
            hardware: Hardware,
            snapshots: [State]
        ) {
            (self.id, self.name, self.isRunning) = (id, name, isRunning)
            (self.hardware, self.snapshots) = (hardware, snapshots)
        }
    }

    /// What a VM is made of, now or when a snapshot was taken.
    package struct Hardware: Hashable, Sendable {
        package let details: VirtualMachine.Details
        package let cards: [Card]
        package let drives: [Drive]

        package init(details: VirtualMachine.Details, cards: [Card], drives: [Drive]) {
            (self.details, self.cards, self.drives) = (details, cards, drives)
        }
    }

    /// A VM at the time of a snapshot.
    package struct State: Hashable, Sendable {
        package let name: String
        /// To the second, before the disks were frozen.
        package let createdAt: Date
        package let wasRunning: Bool
        package let hardware: Hardware
        /// The files that were put above the frozen ones, by target; the disks that are not in it were
        /// not frozen.
        package let overlays: [String: String]

        package init(
            name: String,
            createdAt: Date,
            wasRunning: Bool,
            hardware: Hardware,
            overlays: [String: String]
        ) {
            (self.name, self.createdAt, self.wasRunning) = (name, createdAt, wasRunning)
            (self.hardware, self.overlays) = (hardware, overlays)
        }
    }
}
