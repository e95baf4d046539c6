// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// What a chain of images says of each byte of its disk: an iterator over runs in guest order.
///
///     var map = try ImageMap(of: "top.qcow2")
///     while let entry = try map.next() { print(entry.start, entry.length) }
///
/// Tables are read as the iterator comes to them. The memory is a few windows', whatever the disk's
/// size.
public struct ImageMap: Sendable {
    /// The size of the disk, in bytes.
    public let diskBytes: UInt64
    /// The files in which the layers' data lies, by depth.
    public let dataPaths: [String]

    private var walk: ExtentWalk
    private var describer: ExtentDescriber
    private var entries = RunQueue<MapEntry>()

    /// Opens a chain for reading.
    ///
    /// - Parameters:
    ///   - path: the top image, named as QEMU names files: `json:` and `file:` are understood.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - snapshot: id or name of an internal snapshot of the top, instead of its present state.
    ///   - range: the guest bytes that are asked for; all when nil.
    ///   - sharesWithWriters: look at images while other programs write to them.
    /// - Throws: `CollapseError`.
    public init(
        of path: String,
        format: ImageFormat? = nil,
        snapshot: String? = nil,
        range: Range<UInt64>? = nil,
        sharesWithWriters: Bool = false
    ) throws(CollapseError) {
        let top = try BackingReference(ofTop: path, format)
        guard top.rawOffset == 0, top.rawBytes == nil else {
            throw CollapseError(.unsupportedImage, "\(path): a part of a file cannot be the top")
        }
        // Nothing is told but where things lie, so there is no harm in a forged format or name.
        let policy = ChainPolicy(
            allowedBacking: .anyLocal,
            trustsProbedFormats: true,
            sharesWithWriters: sharesWithWriters
        )
        let chain = try ImageChain(
            top: top.path,
            format: top.format,
            snapshot: snapshot,
            policy: policy
        )
        try self.init(of: chain, range: range)
    }

    init(of chain: ImageChain, range: Range<UInt64>? = nil) throws(CollapseError) {
        // The describer finds them itself, and tells of them as data.
        walk = ExtentWalk(FlatMap(of: chain, findsHoles: false), range)
        describer = try ExtentDescriber(chain)
        diskBytes = chain.diskBytes
        dataPaths = chain.layers.map(\.data.path)
    }

    /// The next run; nil at the end.
    ///
    /// - Throws: `CollapseError` when a table cannot be read or an entry is damaged.
    public mutating func next() throws(CollapseError) -> MapEntry? {
        while entries.isShort, try describeNextPart() {}
        return entries.popFirst()
    }

    /// Appends what the next extents become; false at the end.
    private mutating func describeNextPart() throws(CollapseError) -> Bool {
        let extents = try walk.next()
        for extent in extents { try describer.describe(extent) { entries.append($0) } }
        return !extents.isEmpty
    }
}
