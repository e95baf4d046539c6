// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibvirt

/// What libvirt says when a call fails.
struct LibvirtError: Error, Hashable, Sendable {
    let code: UInt32
    /// Libvirt's sentence.
    let message: String

    /// The error of this thread's last call.
    static var last: LibvirtError {
        // SAFETY: the record belongs to the thread and lives until its next call; it is copied here.
        guard let record = unsafe virGetLastError(), let text = unsafe record.pointee.message else {
            return LibvirtError(
                code: VIR_ERR_INTERNAL_ERROR.rawValue,
                message: "no reason was given"
            )
        }
        // SAFETY: as above; the text ends with a zero.
        let code = unsafe UInt32(bitPattern: record.pointee.code)
        return LibvirtError(code: code, message: unsafe String(cString: text))
    }

    var isMissingDomain: Bool { code == VIR_ERR_NO_DOMAIN.rawValue }
    var isMissingSnapshot: Bool { code == VIR_ERR_NO_DOMAIN_SNAPSHOT.rawValue }
    var isMissingPool: Bool { code == VIR_ERR_NO_STORAGE_POOL.rawValue }
}
