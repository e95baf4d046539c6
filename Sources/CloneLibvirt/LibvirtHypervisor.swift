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
    package init(uri: String, patience: Duration = .seconds(30)) {
        (name, self.patience) = (uri, patience)
        line = Mutex(CallLine(uri))
    }

    /// How long an answer is waited for.
    enum Patience: Int {
        /// Of what only looks, or changes what libvirt knows.
        case short = 30
        /// Of what waits for a guest or a disk.
        case long = 300
        /// Of what merges images: nobody knows how much there is in them.
        case endless = 1_000_000
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

    package func refresh(_ directories: Set<String>) throws(EngineError) {
        try call("refresh pools") { connection throws(LibvirtError) in
            for directory in directories.sorted() { try connection.refreshPool(at: directory) }
        }
    }
}

extension EngineError {
    /// What libvirt does not do, in its own words.
    static func refused(_ action: String, _ error: LibvirtError, by name: String) -> EngineError {
        let isLocked = error.message.contains("Failed to get") && error.message.contains("lock")
        return EngineError(
            Refusal(
                "HYPERVISOR_REFUSED",
                .conflict,
                "Cannot \(action). Libvirt says: \(error.message)."
                    + (isLocked ? " A VM that runs, or another program, uses that image." : "")
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
