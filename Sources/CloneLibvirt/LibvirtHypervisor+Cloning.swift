// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
internal import FoundationXML

extension LibvirtHypervisor {
    package func draft(_ wish: CloneDraft.Wish) throws(EngineError) -> CloneDraft {
        let xml = try call("add VM") { connection throws(LibvirtError) in
            try connection.snapshot(wish.snapshot, of: wish.sourceID.rawValue)
        }
        do throws(MachineTextError) {
            let snapshot = try XMLElement.root("domainsnapshot", of: xml)
            guard let domain = snapshot.first("domain") else {
                throw MachineTextError(reason: "the snapshot has no definition of the VM")
            }
            let text = try CloneText(domain.xmlString, wish)
            text.rewrite()
            return CloneDraft(
                hypervisor: name,
                vmID: wish.vmID,
                name: wish.name,
                definition: text.root.xmlString,
                firmwareState: text.firmwareState,
                remarks: text.remarks
            )
        } catch {
            throw EngineError(
                Refusal(
                    "VM_SNAPSHOT_HAS_NO_CONFIGURATION",
                    .conflict,
                    "The definition in snapshot \(wish.snapshot) cannot be used: \(error.reason)."
                )
            )
        }
    }

    /// Defines the VM and undefines it again: libvirt has no other way to try.
    package func validate(_ draft: CloneDraft) throws(EngineError) {
        try call("add VM") { connection throws(LibvirtError) in
            try connection.define(draft.definition)
            try connection.undefine(draft.vmID.rawValue, keepsFirmwareState: true)
        }
    }

    package func define(_ draft: CloneDraft) throws(EngineError) {
        try call("add VM") { connection throws(LibvirtError) in
            try connection.define(draft.definition)
        }
    }

    package func undefine(
        _ id: VirtualMachine.ID,
        keepsFirmwareState: Bool
    ) throws(EngineError) {
        try call("remove VM") { connection throws(LibvirtError) in
            try connection.undefine(id.rawValue, keepsFirmwareState: keepsFirmwareState)
        }
    }
}
