// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
internal import Synchronization

/// VMs that libvirt has.
///
/// Each call is made on a thread of its own, with a limit to how long an answer is waited for. A
/// connection that is lost is opened again by the next call.
package final class LibvirtHypervisor: Hypervisor {
    /// The URI, as it was given.
    package let name: String
    package let patience: Duration
    private let line: Mutex<CallLine>

    /// Libvirt at a URI; it is connected to by the first call.
    package init(uri: String, patience: Duration = .seconds(60)) {
        (name, self.patience) = (uri, patience)
        line = Mutex(CallLine(uri))
    }

    /// How long an answer is waited for.
    enum Patience: Int {
        /// Of what only looks, or changes what libvirt knows.
        case short = 30
        /// Of what waits for a guest or a disk.
        case long = 300
    }

    /// Makes a call for an action that is told in errors: "start VM".
    func call<R: Sendable>(
        _ action: String,
        _ patience: Patience = .short,
        _ body: @escaping @Sendable (Connection) throws(LibvirtError) -> R
    ) throws(EngineError) -> R {
        let line = self.line.withLock { $0 }
        switch line.call(seconds: patience.rawValue, body) {
        case .done(let result): return result
        case .refused(let error): throw .refused(action, error, by: name)
        case .lost(let error): throw .unreachable(name, error.message)
        case .silent:
            self.line.withLock { $0 = $0 === line ? CallLine(name) : $0 }
            let reason = "there was no answer within \(patience.rawValue) seconds"
            throw .unreachable(name, reason)
        }
    }

    package func start(_ id: VirtualMachine.ID) throws(EngineError) {
        try call("run VM", .long) { connection throws(LibvirtError) in
            try connection.start(id.rawValue)
        }
    }

    package func stop(_ id: VirtualMachine.ID, isForced: Bool) throws(EngineError) {
        try call("stop VM", .long) { connection throws(LibvirtError) in
            try connection.stop(id.rawValue, isForced: isForced)
        }
    }

    package func plug(_ definition: String, into id: VirtualMachine.ID) throws(EngineError) {
        try change(definition, of: id, isAttached: true)
    }

    package func unplug(_ definition: String, from id: VirtualMachine.ID) throws(EngineError) {
        try change(definition, of: id, isAttached: false)
    }

    private func change(
        _ device: String,
        of id: VirtualMachine.ID,
        isAttached: Bool
    ) throws(EngineError) {
        try call(isAttached ? "plug disk" : "unplug disk", .long) {
            connection throws(LibvirtError) in
            try connection.change(device, of: id.rawValue, isAttached: isAttached)
        }
    }

    package func refresh(_ directories: Set<String>) throws(EngineError) {
        try call("refresh pools") { connection throws(LibvirtError) in
            for directory in directories.sorted() { try connection.refreshPool(at: directory) }
        }
    }
}

extension EngineError {
    /// What libvirt does not do, in its own words.
    static func refused(_ action: String, _ error: LibvirtError, by name: String) -> EngineError {
        EngineError(
            Refusal(
                "HYPERVISOR_REFUSED",
                .conflict,
                "Cannot \(action). Libvirt says: \(error.message)."
            )
        )
    }

    /// There is no talking to libvirt.
    fileprivate static func unreachable(_ name: String, _ reason: String) -> EngineError {
        EngineError(
            Refusal(
                "HYPERVISOR_UNREACHABLE",
                .internalError,
                "There is no connection to \(name): \(reason)."
            )
        )
    }
}
