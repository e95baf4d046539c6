// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibvirt

extension Connection {
    /// Attaches a device: now where the domain runs, and for its next start.
    func attach(_ device: String, to uuid: String) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the handle is open, and the string outlives the call.
            let flags = unsafe Connection.now(domain) | Connection.forGood(domain)
            try Connection.check(unsafe virDomainAttachDeviceFlags(domain, device, flags))
        }
    }

    /// Asks the guest of a running domain to let go of a device; nothing where it does not run.
    func detachNow(_ device: String, from uuid: String) throws(LibvirtError) {
        // SAFETY: the flag is taken of an open handle.
        unsafe try detach(device, from: uuid, Connection.now)
    }

    /// Takes a device out of a domain's definition; nothing where it has none that is kept.
    func detachForGood(_ device: String, from uuid: String) throws(LibvirtError) {
        // SAFETY: the flag is taken of an open handle.
        unsafe try detach(device, from: uuid, Connection.forGood)
    }

    private func detach(
        _ device: String,
        from uuid: String,
        _ flag: (virDomainPtr) -> UInt32
    ) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the handle is open, and the string outlives the call.
            let flags = unsafe flag(domain)
            guard flags != 0 else { return }
            try Connection.check(unsafe virDomainDetachDeviceFlags(domain, device, flags))
        }
    }

    /// What a running domain consists of; nil where it does not run.
    func liveDefinition(of uuid: String) throws(LibvirtError) -> String? {
        // SAFETY: the handle is used in the closure only.
        unsafe try withDomain(uuid) { domain throws(LibvirtError) in
            // SAFETY: the handle is open.
            guard unsafe Connection.now(domain) != 0 else { return nil }
            return unsafe try Connection.text(virDomainGetXMLDesc(domain, 0))
        }
    }

    /// The flag for a domain that runs; 0 for one that does not.
    private static func now(_ domain: virDomainPtr) -> UInt32 {
        // SAFETY: the handle is open.
        unsafe virDomainIsActive(domain) == 1 ? VIR_DOMAIN_AFFECT_LIVE.rawValue : 0
    }

    /// The flag for a domain whose definition is kept; 0 for one that is gone when it stops.
    private static func forGood(_ domain: virDomainPtr) -> UInt32 {
        // SAFETY: the handle is open.
        unsafe virDomainIsPersistent(domain) == 1 ? VIR_DOMAIN_AFFECT_CONFIG.rawValue : 0
    }
}
