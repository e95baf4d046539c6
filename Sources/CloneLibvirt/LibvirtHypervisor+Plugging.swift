// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
internal import Foundation
internal import FoundationXML

extension LibvirtHypervisor {
    package func plug(_ definition: String, into id: VirtualMachine.ID) throws(EngineError) {
        try call("plug disk", .long) { connection throws(LibvirtError) in
            try connection.attach(definition, to: id.rawValue)
        }
    }

    /// Asks the guest first, which may let go of a disk when it likes, or never.
    ///
    /// The definition is changed after that: a VM that refuses keeps its disk, now and at its next start.
    package func unplug(_ definition: String, from id: VirtualMachine.ID) throws(EngineError) {
        let action = "unplug disk"
        try call(action, .long) { connection throws(LibvirtError) in
            try connection.detachNow(definition, from: id.rawValue)
        }
        let deadline = ContinuousClock.now + patience
        while try hasNow(definition, id) {
            guard ContinuousClock.now < deadline else { throw .guestKeepsDisk }
            Thread.sleep(forTimeInterval: 0.2)
        }
        try call(action) { connection throws(LibvirtError) in
            try connection.detachForGood(definition, from: id.rawValue)
        }
    }

    /// Whether a running VM has a disk.
    private func hasNow(
        _ definition: String,
        _ id: VirtualMachine.ID
    ) throws(EngineError) -> Bool {
        let live = try call("unplug disk") { connection throws(LibvirtError) in
            try connection.liveDefinition(of: id.rawValue)
        }
        guard let live, let domain = try? XMLElement.root("domain", of: live),
            let disk = try? XMLElement.root("disk", of: definition)
        else { return false }
        return DomainText(root: domain) { _, _ in nil }.drives.contains {
            $0.target == disk.first("target")?.value("dev")
        }
    }
}

extension EngineError {
    fileprivate static let guestKeepsDisk = EngineError(
        Refusal(
            "GUEST_KEEPS_DISK",
            .conflict,
            "Cannot unplug disk. The guest does not let go of it, so it stays plugged. Please try "
                + "again when the guest's system has started, or when the VM is down."
        )
    )
}
