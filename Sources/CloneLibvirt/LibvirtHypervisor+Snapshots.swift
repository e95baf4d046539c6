// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
internal import FoundationXML

extension LibvirtHypervisor {
    package func takeSnapshot(
        _ name: String,
        of id: VirtualMachine.ID,
        targets: Set<String>,
        isQuiesced: Bool
    ) throws(EngineError) {
        let drives = try inventory().machines.first { $0.id == id }?.hardware.drives ?? []
        let names = drives.map(\.target)
        let xml = SnapshotText.request(name, of: names, targets: targets)
        do throws(EngineError) {
            try call("create Snapshot", .long) { connection throws(LibvirtError) in
                try connection.takeSnapshot(xml, of: id.rawValue, isQuiesced: isQuiesced)
            }
        } catch {
            guard isQuiesced, error.description.contains("agent") else { throw error }
            throw EngineError(
                Refusal(
                    "GUEST_AGENT_MISSING",
                    .conflict,
                    "\(error) Quiescing needs the QEMU guest agent in the VM; without it, take the "
                        + "snapshot as it is after a power cut."
                )
            )
        }
    }

    package func deleteSnapshot(
        _ name: String,
        of id: VirtualMachine.ID
    ) throws(EngineError) {
        try call("remove Snapshot", .endless) { connection throws(LibvirtError) in
            do throws(LibvirtError) {
                try connection.deleteSnapshot(name, of: id.rawValue)
            } catch {
                // An earlier removal has ended while this one waited for it.
                guard error.isMissingSnapshot else { throw error }
            }
        }
    }
}
