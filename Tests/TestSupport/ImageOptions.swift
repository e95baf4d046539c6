// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The creation options of a qcow2 image.
public struct ImageOptions: Sendable, Equatable {
    /// Where the guest's data lies.
    public enum DataFile: Sendable, Equatable {
        /// In the image itself.
        case none
        /// In a file of its own.
        case plain
        /// In a file of its own that is a valid raw image.
        case raw
    }

    /// Whether the image has version 2 of the format.
    public var isOld = false

    /// The cluster size as a power of two: 9 to 21.
    public var clusterBits = 16

    /// The width of a reference count: 1 to 64.
    public var refcountBits = 16

    /// Whether clusters have subclusters.
    public var extendedL2 = false

    /// Whether reference counts may be written late.
    public var lazyRefcounts = false

    /// Whether compressed clusters are zstd streams.
    public var zstd = false

    /// Whether all metadata is allocated when the image is created.
    public var preallocation = false

    /// Where the guest's data lies.
    public var dataFile = DataFile.none

    /// The cluster size in bytes.
    public var clusterSize: Int { 1 << clusterBits }

    /// Whether compressed clusters can be written: not over those that are allocated already.
    var allowsCompression: Bool { dataFile == .none && !preallocation }

    /// Whether an internal snapshot can count every cluster once more.
    ///
    /// Compressed clusters that share a host cluster may have used up its reference count.
    func allowsSnapshot(afterCompression: Bool) -> Bool {
        dataFile == .none && refcountBits > (afterCompression ? 8 : 1)
    }

    /// The options as `-o` reads them.
    public func list(dataFile path: String) -> String {
        let size = "cluster_size=\(clusterSize)"
        if isOld { return "compat=0.10,\(size)" + (preallocation ? ",preallocation=metadata" : "") }
        var words = ["compat=1.1", size, "refcount_bits=\(refcountBits)"]
        if extendedL2 { words.append("extended_l2=on") }
        if lazyRefcounts { words.append("lazy_refcounts=on") }
        if zstd { words.append("compression_type=zstd") }
        if preallocation { words.append("preallocation=metadata") }
        if dataFile != .none {
            let parts = path.split(separator: ",", omittingEmptySubsequences: false)
            words.append("data_file=" + parts.joined(separator: ",,"))
        }
        if dataFile == .raw { words.append("data_file_raw=on") }
        return words.joined(separator: ",")
    }
}
