// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

#if Libvirt
    internal import CloneLibvirt
#endif

/// The VMs that libvirt has, where this program was built with it.
enum Libvirt {
    /// Libvirt at a URI; nil for none.
    ///
    /// - Throws: `EngineError` when the program was built without libvirt.
    static func hypervisor(_ uri: String?) throws(EngineError) -> (any Hypervisor)? {
        guard let uri else { return nil }
        #if Libvirt
            return LibvirtHypervisor(uri: uri)
        #else
            throw EngineError(
                Refusal(
                    "NO_LIBVIRT",
                    .badRequest,
                    "Cannot connect to \(uri): this clone-vm was built without libvirt."
                )
            )
        #endif
    }
}
