// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
internal import Foundation
internal import FoundationXML

extension LibvirtHypervisor {
    /// All domains and snapshots, and the pools that are directories.
    package func inventory() throws(EngineError) -> Inventory {
        try call("look at VMs") { connection throws(LibvirtError) in
            let machines = try connection.domains().compactMap { Inventory.Machine($0, connection) }
            let pools = try connection.pools().compactMap(PoolText.pool)
            return Inventory(machines: machines, pools: pools)
        }
    }
}

extension Inventory.Machine {
    /// A domain as the engine has it; nil when its definition cannot be read.
    fileprivate init?(_ domain: Connection.Domain, _ connection: Connection) {
        let path = { (pool: String, volume: String) in
            connection.path(ofVolume: volume, inPool: pool)
        }
        guard let root = try? XMLElement.root("domain", of: domain.xml) else { return nil }
        let text = DomainText(root: root, volumePath: path)
        guard let name = text.name else { return nil }
        self.init(
            id: VirtualMachine.ID(rawValue: domain.uuid),
            name: name,
            isRunning: domain.isRunning,
            hardware: text.hardware,
            snapshots: domain.snapshots.compactMap { snapshot in
                (try? SnapshotText(snapshot, volumePath: path))??.state
            }
        )
    }
}
