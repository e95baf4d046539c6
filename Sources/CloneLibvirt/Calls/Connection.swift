// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibvirt
internal import Glibc

/// An open connection to libvirt.
///
/// Every call blocks until libvirt has answered.
@safe final class Connection: Sendable {
    // SAFETY: libvirt's handles may be used by several threads at once; this one is closed by `deinit`.
    private nonisolated(unsafe) let pointer: virConnectPtr

    /// Opens a connection.
    init(_ uri: String) throws(LibvirtError) {
        Connection.keepQuiet
        // SAFETY: the string outlives the call.
        guard let pointer = unsafe virConnectOpen(uri) else { throw .last }
        unsafe self.pointer = pointer
    }

    deinit {
        // SAFETY: opened by `init`, and nobody else closes it.
        _ = unsafe virConnectClose(pointer)
    }

    /// Libvirt prints errors by itself unless it is told not to, and writes to a daemon that is gone
    /// without asking that the process survive it.
    private static let keepQuiet: Void = {

        _ = signal(SIGPIPE, SIG_IGN)
        // SAFETY: the function does nothing, and lives for ever.
        unsafe virSetErrorFunc(nil) { _, _ in }
    }()

    /// False when the other end is gone.
    var isAlive: Bool {
        // SAFETY: the handle is open.
        unsafe virConnectIsAlive(pointer) == 1
    }

    /// Calls `body` with a domain's handle, which is given back afterwards.
    func withDomain<R>(
        _ uuid: String,
        _ body: (virDomainPtr) throws(LibvirtError) -> R
    ) throws(LibvirtError) -> R {
        // SAFETY: the handle is open, the string outlives the call, and the domain is freed here.
        guard let domain = unsafe virDomainLookupByUUIDString(pointer, uuid) else { throw .last }
        defer { _ = unsafe virDomainFree(domain) }
        return unsafe try body(domain)
    }

    /// Calls a function that fills an array of handles, and `body` with each, which is given back.
    static func list<R>(
        _ fill: (UnsafeMutablePointer<UnsafeMutablePointer<OpaquePointer?>?>) -> Int32,
        free: (OpaquePointer?) -> Int32,
        _ body: (OpaquePointer) throws(LibvirtError) -> R
    ) throws(LibvirtError) -> [R] {
        var array: UnsafeMutablePointer<OpaquePointer?>?
        // SAFETY: libvirt fills the array with as many handles as it says; both are freed here.
        let count = unsafe fill(&array)
        guard count >= 0, let array = unsafe array else { throw .last }
        defer {
            for index in 0..<Int(count) { _ = unsafe free(array[index]) }
            unsafe array.deallocate()
        }
        var results: [R] = []
        for index in 0..<Int(count) {
            // SAFETY: as above.
            guard let handle = unsafe array[index] else { continue }
            unsafe results.append(try body(handle))
        }
        return results
    }

    /// Calls `body` with the connection's handle.
    func withPointer<R>(
        _ body: (virConnectPtr) throws(LibvirtError) -> R
    ) throws(LibvirtError) -> R {
        // SAFETY: the handle is open for as long as this object lives.
        unsafe try body(pointer)
    }

    /// Takes over a text that libvirt has allocated.
    static func text(_ text: UnsafeMutablePointer<CChar>?) throws(LibvirtError) -> String {
        // SAFETY: the text ends with a zero and is the caller's to free.
        guard let text = unsafe text else { throw .last }
        defer { unsafe text.deallocate() }
        return unsafe String(cString: text)
    }

    /// Throws unless a call has succeeded.
    static func check(_ result: Int32) throws(LibvirtError) {
        guard result >= 0 else { throw .last }
    }
}
