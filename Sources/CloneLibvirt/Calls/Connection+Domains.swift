// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibvirt

extension Connection {
    /// Starts a domain.
    func start(_ uuid: String) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the handle is open.
            try Connection.check(unsafe virDomainCreate(domain))
        }
    }

    /// Presses a domain's power button, or pulls its plug.
    func stop(_ uuid: String, isForced: Bool) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the handle is open.
            try Connection.check(
                isForced ? unsafe virDomainDestroy(domain) : unsafe virDomainShutdown(domain)
            )
        }
    }

    /// Makes a domain known, after looking whether libvirt's schema allows it.
    func define(_ xml: String) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withPointer { connection throws(LibvirtError) in
            let flags = VIR_DOMAIN_DEFINE_VALIDATE.rawValue
            // SAFETY: the handle is open, the string outlives the call, and the domain is freed.
            guard let domain = unsafe virDomainDefineXMLFlags(connection, xml, flags) else {
                throw .last
            }
            _ = unsafe virDomainFree(domain)
        }
    }

    /// Forgets a domain; nothing when it is not known.
    func undefine(_ uuid: String, keepsFirmwareState: Bool) throws(LibvirtError) {
        do throws(LibvirtError) {
            // SAFETY: the handle is used in the closure only.
            unsafe try withDomain(uuid) { domain throws(LibvirtError) in
                let flags =
                    keepsFirmwareState
                    ? VIR_DOMAIN_UNDEFINE_KEEP_NVRAM.rawValue
                    : VIR_DOMAIN_UNDEFINE_NVRAM.rawValue | VIR_DOMAIN_UNDEFINE_MANAGED_SAVE.rawValue
                // SAFETY: the handle is open.
                try Connection.check(unsafe virDomainUndefineFlags(domain, flags))
            }
        } catch {
            guard error.isMissingDomain else { throw error }
        }
    }

    /// A domain's definition at the time of a snapshot, with all secrets.
    func snapshot(_ name: String, of uuid: String) throws(LibvirtError) -> String {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the strings outlive the calls, and the handle is freed here.
            guard let snapshot = unsafe virDomainSnapshotLookupByName(domain, name, 0) else {
                throw .last
            }
            defer { _ = unsafe virDomainSnapshotFree(snapshot) }
            let flags = VIR_DOMAIN_SNAPSHOT_XML_SECURE.rawValue
            return unsafe try Connection.text(virDomainSnapshotGetXMLDesc(snapshot, flags))
        }
    }

    /// Takes a snapshot: all its disks or none.
    func takeSnapshot(_ xml: String, of uuid: String, isQuiesced: Bool) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            var flags =
                VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY.rawValue
                | VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC.rawValue
            if isQuiesced { flags |= VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE.rawValue }
            // SAFETY: the handle is open, the string outlives the call, and the snapshot is freed.
            guard let snapshot = unsafe virDomainSnapshotCreateXML(domain, xml, flags) else {
                throw .last
            }
            _ = unsafe virDomainSnapshotFree(snapshot)
        }
    }

    /// Removes a snapshot, and waits until its images are merged.
    func deleteSnapshot(_ name: String, of uuid: String) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the handle is open, the string outlives the call, and the snapshot is freed.
            guard let snapshot = unsafe virDomainSnapshotLookupByName(domain, name, 0) else {
                throw .last
            }
            defer { _ = unsafe virDomainSnapshotFree(snapshot) }
            // SAFETY: the handle was opened above, and is used until here.
            try Connection.check(unsafe virDomainSnapshotDelete(snapshot, 0))
        }
    }
}
