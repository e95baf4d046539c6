// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// Where each byte of a disk comes from: an iterator over runs in guest order, without gaps.
///
///     var provenance = try Provenance(of: "top.qcow2")
///     while let run = try provenance.next() { print(run.start, run.kind) }
///
/// The memory is a few windows', whatever the disk's size.
public struct Provenance: Sendable {
    /// A layer of the chain.
    public struct Layer: Hashable, Sendable {
        /// The layer's file.
        public let path: String
        /// Its format.
        public let format: ImageFormat
        /// The file that offsets count in: the layer's own, or its external data file.
        public let dataPath: String
    }

    /// Guest bytes that come from one place.
    public struct Run: Hashable, Sendable {
        /// What is in that place.
        public enum Kind: String, CaseIterable, Sendable {
            /// The bytes themselves, one after the other.
            case data
            /// A compressed cluster, of which the run may be a part.
            case compressed
            /// Nothing: the layer says that they are zeros, or its file has a hole there.
            case zeros
            /// Nothing: no layer says anything, so that they read as zeros.
            case unallocated
        }

        /// The first byte on the disk.
        public let start: UInt64
        /// The number of bytes.
        public fileprivate(set) var length: UInt64
        /// The layer that decides, counted from the top, which is 0; nil when none does.
        public let layer: Int?
        /// What the layer has.
        public let kind: Kind
        /// Where the data or the compressed cluster begins in the file; nil for zeros.
        public let offset: UInt64?
        /// The bytes of the compressed cluster, up to the end of its last sector of 512 bytes.
        public let compressedLength: UInt64?
    }

    /// The size of the disk, in bytes.
    public let diskBytes: UInt64
    /// The layers, the top first.
    public let layers: [Layer]

    private let chain: ImageChain
    private var walk: ExtentWalk
    private var runs = RunQueue<Run>()

    /// Opens a chain for reading.
    ///
    /// - Parameters:
    ///   - path: the top image.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - range: the guest bytes that are asked for; all when nil.
    ///   - sharesWithWriters: look at images while other programs write to them.
    /// - Throws: `CollapseError`.
    public init(
        of path: String,
        format: ImageFormat? = nil,
        range: Range<UInt64>? = nil,
        sharesWithWriters: Bool = false
    ) throws(CollapseError) {
        // Nothing is told but where things lie, so there is no harm in a forged format.
        let policy = ChainPolicy(
            allowedBacking: .anyLocal,
            trustsProbedFormats: true,
            sharesWithWriters: sharesWithWriters
        )
        self.init(try ImageChain(top: path, format: format, policy: policy), range)
    }

    init(_ chain: ImageChain, _ range: Range<UInt64>? = nil) {
        self.chain = chain
        walk = ExtentWalk(FlatMap(of: chain), range)
        diskBytes = chain.diskBytes
        layers = chain.layers.map {
            Layer(path: $0.path, format: $0.format, dataPath: $0.data.path)
        }
    }

    /// The next run; nil at the end.
    ///
    /// - Throws: `CollapseError` when a table cannot be read or an entry is damaged.
    public mutating func next() throws(CollapseError) -> Run? {
        while runs.isShort, try findNextRuns() {}
        return runs.popFirst()
    }

    /// Appends what the next extents become; false at the end.
    private mutating func findNextRuns() throws(CollapseError) -> Bool {
        let extents = try walk.next()
        for extent in extents {
            if case .damaged(let layer, let entry) = extent.content {
                throw chain.error(for: entry, of: layer)
            }
            runs.append(Run(extent))
        }
        return !extents.isEmpty
    }
}

extension Provenance.Run: GrowingRun {
    fileprivate init(_ extent: Extent) {
        start = extent.guestOffset
        length = extent.byteCount
        layer = extent.layer
        switch extent.content {
        case .data(_, let host):
            (kind, offset, compressedLength) = (.data, host.rawValue, nil)
        case .compressed(_, let run):
            (kind, offset) = (.compressed, run.hostOffset.rawValue)
            compressedLength = UInt64(run.byteCount)
        case .zeros: (kind, offset, compressedLength) = (.zeros, nil, nil)
        case .unallocated, .damaged: (kind, offset, compressedLength) = (.unallocated, nil, nil)
        }
    }

    mutating func extend(with next: Self) -> Bool {
        guard kind == next.kind, layer == next.layer, compressedLength == next.compressedLength
        else { return false }
        let expected = kind == .data ? offset.map { $0 + length } : offset
        guard expected == next.offset else { return false }
        length += next.length
        return true
    }
}
