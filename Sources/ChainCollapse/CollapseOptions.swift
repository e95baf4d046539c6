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

    /// More workers than this only stand in each other's way.
    public static let maximumThreads = 64

    /// The number of workers, up to `maximumThreads`; 1 copies serially.
    public var threads: Int
    /// The bytes of data that are written each second, at most; nil for as many as possible.
    ///
    /// Compressed data counts as it is written. Zeros, shared blocks and tables do not count.
    public var bytesPerSecond: UInt64?
    /// Read what cannot be read as zeros, and count it.
    public var salvage = false
    /// What must be on stable storage at the end.
    public var durability = Durability.flushed
    /// Compress anew what could be taken over as it is, so that both ways can be compared.
    package var recompresses = false

    /// Write whole blocks past the page cache; an error on file systems that cannot.
    public var isDirect = false
    /// Compute the digest of the disk, while it is copied where all of its data is read for that.
    public var digests = false
    /// Compute the digest, read the target back from its disk before it gets its name, and fail unless
    /// it has the same.
    public var verifies = false
    /// In raw targets, so many zeros become a hole: a multiple of 512, usually the file system's block.
    public var holeBytes = 4096
    /// What becomes of blocks that can be shared with a source.
    public var reflink = Reflink.auto

    /// Keep what was copied when the work fails or is stopped, and go on with what an earlier attempt
    /// has kept, if the chain and the options are the same.
    public var resumes = false
    /// Refuse a copy that cannot fit before anything is written.
    public var checksSpace = true

    /// One worker a processor.
    public init() { threads = min(WorkerThreads.processorCount, CollapseOptions.maximumThreads) }

    /// Refuses numbers that make no sense.
    func validate() throws(CollapseError) {
        guard (1...CollapseOptions.maximumThreads).contains(threads) else {
            throw CollapseError(
                .invalidOptions,
                "the number of threads is 1 to \(CollapseOptions.maximumThreads), not \(threads)"
            )
        }
        guard bytesPerSecond != 0 else {
            throw CollapseError(.invalidOptions, "a rate of 0 bytes a second never ends")
        }
        guard !verifies || durability == .flushed else {
            throw CollapseError(
                .invalidOptions,
                "--verify reads from the disk what --cache unsafe does not wait for to be there"
            )
        }
        guard !resumes || !salvage else {
            throw CollapseError(
                .invalidOptions,
                "--salvage counts what is lost, and who goes on with --resume would not know what was "
                    + "lost before"
            )
        }
    }
}
