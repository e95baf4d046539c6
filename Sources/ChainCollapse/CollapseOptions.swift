// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// How a collapse is carried out; none of it changes what the result reads as.
public struct CollapseOptions: Hashable, Sendable {
    /// What must have reached stable storage when the target gets its name.
    public enum Durability: String, Hashable, Sendable, CaseIterable {
        /// Everything: a machine may lose power at any moment.
        case flushed = "writeback"
        /// Nothing: for images that can be made again, as `qemu-img convert` does by default.
        case unflushed = "unsafe"
    }

    /// Whether the target shares blocks with the sources instead of taking space of its own, on file
    /// systems that can do so.
    ///
    /// Nobody reads what is shared: a qcow2 target has clusters of zeros then that a copy leaves out.
    public enum Reflink: String, Hashable, Sendable, CaseIterable {
        /// What can be shared is shared; the rest is copied.
        case auto
        /// An extent of 64 KiB or more that lies at whole blocks of 4 KiB and cannot be shared is an
        /// error.
        case always
        /// All bytes are copied.
        case never
    }

    /// The number of workers; 1 copies serially.
    public var threads: Int
    /// Read what cannot be read as zeros, and count it.
    public var salvage = false
    /// What must be on stable storage at the end.
    public var durability = Durability.flushed
    /// Compress anew what could be taken over as it is, so that both ways can be compared.
    package var recompresses = false

    /// Write whole blocks past the page cache; an error on file systems that cannot.
    public var isDirect = false
    /// What becomes of blocks that can be shared with a source.
    public var reflink = Reflink.auto

    /// One worker a processor.
    public init() { threads = WorkerThreads.processorCount }
}
