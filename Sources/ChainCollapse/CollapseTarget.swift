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

    /// Plain clusters and no preallocation, unless said otherwise.
    public init(preallocation: Preallocation = .off, compresses: Bool = false) {
        self.preallocation = preallocation
        self.compresses = compresses
    }
}
