// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

public import QCow2

/// Where a collapsed image goes and what it is made as.
public struct CollapseTarget: Hashable, Sendable {
    /// What is written.
    public enum Format: Hashable, Sendable {
        /// A raw image; preallocation off, falloc or full.
        case raw(preallocation: Preallocation = .off)
        case qcow2(CreationOptions = CreationOptions(), QCow2Format = QCow2Format())
    }

    /// The name that the finished image gets, or a block device, which is written in place.
    public var path: String
    /// What is written, and how.
    public var format: Format
    /// Replace what has the name.
    ///
    /// Otherwise nothing that exists is ever touched.
    public var replacesExisting: Bool
    /// Write a raw disk in place, into a file that exists and is at least as long; what lies behind the
    /// disk stays.
    public var fillsExisting = false
    /// All of a device, or of the raw file that is filled, reads as zeros: none are written.
    public var isZeroed = false
    /// The permissions of a new file, of which the process's mask takes some away; one that replaces
    /// another has its permissions.
    public var permissions: UInt32 = 0o666

    /// A target that does not exist yet, unless it may be replaced.
    public init(path: String, format: Format, replacesExisting: Bool = false) {
        self.path = path
        self.format = format
        self.replacesExisting = replacesExisting
    }
}

/// How the clusters of a qcow2 target are written.
public struct QCow2Format: Hashable, Sendable {
    /// How much space to take for zeros.
    public var preallocation: Preallocation
    /// Clusters are compressed, with the type that the image's options name.
    public var compresses: Bool
    /// Which persistent bitmaps of the source's top layer the image gets.
    public var bitmaps: Bitmaps

    /// Which persistent bitmaps are copied.
    public enum Bitmaps: Hashable, Sendable {
        case none
        /// Those that were saved properly.
        case sound
        /// All; one that was not saved properly is an error.
        case all
    }

    /// Plain clusters, no preallocation and no bitmaps, unless said otherwise.
    public init(
        preallocation: Preallocation = .off,
        compresses: Bool = false,
        bitmaps: Bitmaps = .none
    ) {
        self.preallocation = preallocation
        self.compresses = compresses
        self.bitmaps = bitmaps
    }
}
