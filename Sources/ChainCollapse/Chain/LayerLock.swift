// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Announces to QEMU and its like that a layer is read, and finds out whether one of them writes
/// to it.
struct LayerLock {
    /// How often a layer that is in use is tried again while waiting.
    private static let retryInterval = Duration.milliseconds(50)

    private let policy: ChainPolicy
    private let cancellation: Cancellation

    init(_ policy: ChainPolicy, _ cancellation: Cancellation) {
        self.policy = policy
        self.cancellation = cancellation
    }

    /// Locks a file until it is closed, before anything is read from it.
    ///
    /// - Throws: `.inUse` when another program writes to it, and still does so after the time to
    ///   wait; `.cancelled`.
    func take(_ file: File) throws(CollapseError) {
        let use = policy.sharesWithWriters ? FileUse.readShared : .read
        try take(LayerLock.finding(file.path, policy)) { () throws(IOError) in
            try file.lock(for: use)
        }
    }

    /// Tries to lock until the time to wait is over.
    ///
    /// - Throws: `.inUse` with what was found, when nothing could be locked by then; `.cancelled`.
    func take(
        _ finding: @autoclosure () -> String,
        _ lock: () throws(IOError) -> Bool
    ) throws(CollapseError) {
        let deadline = ContinuousClock.now + .seconds(policy.lockWaitSeconds)
        while try !usingDisk(lock) {
            try cancellation.check()
            guard ContinuousClock.now < deadline else { throw CollapseError(.inUse, finding()) }
            WorkerThreads.pause(LayerLock.retryInterval)
        }
    }

    private static func finding(_ path: String, _ policy: ChainPolicy) -> String {
        policy.sharesWithWriters
            ? "\(path): another program is merging this layer with another, so that it has no state "
                + "that could be read"
            : "\(path): this layer is live: a running VM or another program writes to it"
    }

    /// An error of opening a layer; where it is that somebody writes to the layer, with what can be
    /// done instead.
    static func advised(
        _ error: CollapseError,
        _ reference: BackingReference,
        _ policy: ChainPolicy
    ) -> CollapseError {
        guard error.code == .inUse, !policy.sharesWithWriters else { return error }
        let chain = try? ImageChain(
            top: reference.path,
            format: reference.format,
            policy: policy.withWriters
        )
        let instead =
            chain.flatMap(frozenLayer).map { layer in
                "; \(layer.path) below it is frozen and can be collapsed instead"
            } ?? ""
        return CollapseError(
            .inUse,
            "\(error.message)\(instead)\(policy.callerOptions.adviceAboutWriters)"
        )
    }

    /// The highest layer of a chain, opened whoever writes, from which on down nobody writes to any.
    private static func frozenLayer(of chain: ImageChain) -> Layer? {
        let live = chain.layers.lastIndex { $0.isLive }
        return chain.layers.dropFirst((live ?? -1) + 1).first
    }
}

extension Layer {
    /// True when another program writes to one of its files.
    var isLive: Bool { !files.allSatisfy { (try? $0.lock(for: .read)) ?? false } }
}
