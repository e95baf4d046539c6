// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// What is collapsed: any layer of a chain, in its own state.
public struct CollapseSource: Hashable, Sendable {
    /// The layer's file.
    public var path: String
    /// Its format; guessed from its first bytes when nil.
    ///
    /// Say it for disks whose guest is not trusted: a guest can write a qcow2 header into a raw
    /// disk.
    public var format: ImageFormat?
    /// Id or name of an internal snapshot of the layer, instead of its present state.
    public var snapshot: String?
    /// A lower layer, by its path or the last part of it, that the target keeps as its backing
    /// file.
    ///
    /// Only what lies above it is collapsed.
    public var base: String?
    /// Which files the images may lead to; those in the directory of the image, and below it, unless
    /// said otherwise.
    ///
    /// A service says `within` the directories of its own storage.
    public var allowedBacking: AllowedBacking
    /// Follow the references of layers that are known to be qcow2 by their first bytes only,
    /// because the overlay records no format.
    ///
    /// A guest can forge such bytes in a raw disk, and so read any file that the caller can.
    public var trustsProbedFormats: Bool
    /// Read layers that another program, such as a running VM, writes to.
    ///
    /// What is read then may be no state that the disk ever had.
    public var sharesWithWriters: Bool
    /// Seconds to wait until nobody writes to any layer; then, or at once when 0, a layer that is
    /// written to is an error.
    public var lockWaitSeconds: Double
    /// Images whose disks follow the first one's, in its format and opened in the same way.
    public var continuations: [String] = []
    /// Read what the disk has, not what the page cache of this machine has kept of it.
    public var readsFromDisk = false
    /// What a message may advise.
    package var callerOptions: CallerOptions = [.waiting, .trusting]

    /// A layer to collapse.
    public init(
        path: String,
        format: ImageFormat? = nil,
        snapshot: String? = nil,
        base: String? = nil,
        allowedBacking: AllowedBacking = .sameDirectory,
        trustsProbedFormats: Bool = false,
        sharesWithWriters: Bool = false,
        lockWaitSeconds: Double = 0
    ) {
        self.path = path
        self.format = format
        self.snapshot = snapshot
        self.base = base
        self.allowedBacking = allowedBacking
        self.trustsProbedFormats = trustsProbedFormats
        self.sharesWithWriters = sharesWithWriters
        self.lockWaitSeconds = lockWaitSeconds
    }

    /// A base that is named by its path is the caller's own word, wherever it lies.
    fileprivate var namedBase: AllowedBacking {
        guard let base else { return .none }
        return [nil, .other].contains(Directory.kind(of: base)) ? .none : .within([base])
    }
}

extension ImageChain {
    /// Opens what a source names.
    init(
        _ source: CollapseSource,
        salvage: Bool,
        topIsLocked: Bool = false,
        _ cancellation: Cancellation
    ) throws(CollapseError) {
        var policy = ChainPolicy(
            allowedBacking: source.allowedBacking.union(source.namedBase),
            salvage: salvage,
            trustsProbedFormats: source.trustsProbedFormats,
            sharesWithWriters: source.sharesWithWriters,
            lockWaitSeconds: source.lockWaitSeconds
        )
        policy.readsFromDisk = source.readsFromDisk
        policy.callerOptions = source.callerOptions
        policy.topIsLocked = topIsLocked
        try self.init(
            top: source.path,
            format: source.format,
            snapshot: source.snapshot,
            policy: policy,
            cancellation: cancellation
        )
        guard !source.continuations.isEmpty else { return }
        guard source.snapshot == nil, source.base == nil else {
            throw CollapseError(
                .invalidOptions,
                "several disks one behind the other have neither a snapshot nor a base in common"
            )
        }
        var chains = [self]
        for path in source.continuations {
            chains.append(
                try ImageChain(
                    top: path,
                    format: source.format,
                    policy: policy,
                    cancellation: cancellation
                )
            )
        }
        self = try ImageChain(joining: chains, salvage: salvage)
    }

    /// Several disks, one behind the other, as one raw disk.
    private init(joining chains: [ImageChain], salvage: Bool) throws(CollapseError) {
        let disks = try JoinedDisks(chains, salvage: salvage)
        let layer = Layer(
            path: disks.path,
            content: .raw(start: 0),
            data: disks,
            diskBytes: disks.byteCount,
            files: chains.flatMap { $0.layers.flatMap(\.files) }
        )
        self.init(layers: [layer], warnings: chains.flatMap(\.warnings))
    }
}
