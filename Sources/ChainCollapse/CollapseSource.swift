// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

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

    /// A layer to collapse.
    public init(
        path: String,
        format: ImageFormat? = nil,
        snapshot: String? = nil,
        base: String? = nil,
        trustsProbedFormats: Bool = false,
        sharesWithWriters: Bool = false,
        lockWaitSeconds: Double = 0
    ) {
        self.path = path
        self.format = format
        self.snapshot = snapshot
        self.base = base
        self.trustsProbedFormats = trustsProbedFormats
        self.sharesWithWriters = sharesWithWriters
        self.lockWaitSeconds = lockWaitSeconds
    }
}

extension ImageChain {
    /// Opens what a source names.
    init(
        _ source: CollapseSource,
        salvage: Bool,
        _ cancellation: Cancellation
    ) throws(CollapseError) {
        try self.init(
            top: source.path,
            format: source.format,
            snapshot: source.snapshot,
            policy: ChainPolicy(
                salvage: salvage,
                trustsProbedFormats: source.trustsProbedFormats,
                sharesWithWriters: source.sharesWithWriters,
                lockWaitSeconds: source.lockWaitSeconds
            ),
            cancellation: cancellation
        )
    }
}
