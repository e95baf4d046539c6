// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibvirt

extension Connection {
    /// A domain, as libvirt tells it.
    struct Domain: Sendable {
        let uuid: String
        let isRunning: Bool
        let xml: String
        let snapshots: [String]
    }

    /// All domains with their snapshots; those that go meanwhile are left out.
    func domains() throws(LibvirtError) -> [Domain] {
        // SAFETY: the handle is used in the closure only.
        unsafe try withPointer { connection throws(LibvirtError) in
            // SAFETY: the handles are open; a list's elements live until it is freed.
            unsafe try Connection.list(
                { unsafe virConnectListAllDomains(connection, $0, 0) },
                free: { unsafe virDomainFree($0) },
                { handle throws(LibvirtError) in unsafe try Connection.domain(handle) }
            ).compactMap(\.self)
        }
    }

    private static func domain(_ handle: virDomainPtr) throws(LibvirtError) -> Domain? {
        do throws(LibvirtError) {
            // SAFETY: the handle is open.
            return Domain(
                uuid: unsafe try uuid(of: handle),
                isRunning: unsafe virDomainIsActive(handle) == 1,
                xml: unsafe try text(virDomainGetXMLDesc(handle, 0)),
                snapshots: unsafe try snapshots(of: handle)
            )
        } catch {
            guard error.isMissingDomain else { throw error }
            return nil
        }
    }

    private static func uuid(of handle: virDomainPtr) throws(LibvirtError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(VIR_UUID_STRING_BUFLEN))
        // SAFETY: the handle is open, and the buffer has the length that libvirt asks for.
        try check(unsafe virDomainGetUUIDString(handle, &buffer))
        return String(decoding: buffer.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func snapshots(of handle: virDomainPtr) throws(LibvirtError) -> [String] {
        // SAFETY: the handles are open; a list's elements live until it is freed.
        unsafe try list(
            { unsafe virDomainListAllSnapshots(handle, $0, 0) },
            free: { unsafe virDomainSnapshotFree($0) },
            { snapshot throws(LibvirtError) in
                do throws(LibvirtError) {
                    return unsafe try text(virDomainSnapshotGetXMLDesc(snapshot, 0))
                } catch {
                    guard error.isMissingSnapshot else { throw error }
                    return ""
                }
            }
        )
    }

    /// The definitions of all pools that are in use.
    func pools() throws(LibvirtError) -> [String] {
        let flags = VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE.rawValue
        // SAFETY: the handle is used in the closure only.
        return unsafe try withPointer { connection throws(LibvirtError) in
            // SAFETY: the handles are open; a list's elements live until it is freed.
            unsafe try Connection.list(
                { unsafe virConnectListAllStoragePools(connection, $0, flags) },
                free: { unsafe virStoragePoolFree($0) },
                { unsafe (try? Connection.text(virStoragePoolGetXMLDesc($0, 0))) ?? "" }
            )
        }
    }

    /// The file of a pool's volume; nil when there is none.
    func path(ofVolume volume: String, inPool pool: String) -> String? {
        // SAFETY: the handle is used in the closure only.
        unsafe try? withPointer { connection throws(LibvirtError) in
            // SAFETY: the strings outlive the calls, and both handles are freed here.
            guard let pool = unsafe virStoragePoolLookupByName(connection, pool) else {
                throw .last
            }
            defer { _ = unsafe virStoragePoolFree(pool) }
            // SAFETY: as above.
            guard let volume = unsafe virStorageVolLookupByName(pool, volume) else { throw .last }
            defer { _ = unsafe virStorageVolFree(volume) }
            return unsafe try Connection.text(virStorageVolGetPath(volume))
        }
    }

    /// Looks for new files in the pool of a directory; nothing where there is none.
    func refreshPool(at directory: String) throws(LibvirtError) {
        // SAFETY: the handle is used in the closure only.
        unsafe try withPointer { connection throws(LibvirtError) in
            // SAFETY: the string outlives the call, and the handle is freed here.
            guard let pool = unsafe virStoragePoolLookupByTargetPath(connection, directory) else {
                let error = LibvirtError.last
                guard error.isMissingPool else { throw error }
                return
            }
            // SAFETY: the handle was opened above, and is used until here.
            defer { _ = unsafe virStoragePoolFree(pool) }
            try Connection.check(unsafe virStoragePoolRefresh(pool, 0))
        }
    }
}
