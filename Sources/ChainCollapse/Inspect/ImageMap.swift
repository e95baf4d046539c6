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
    /// So many windows are flattened at once, on all processors.
    private static let windowsAtOnce = 32

    /// The size of the disk, in bytes.
    public let diskBytes: UInt64
    /// The files in which the layers' data lies, by depth.
    public let dataPaths: [String]

    private let map: FlatMap
    private var describer: ExtentDescriber
    private var position: UInt64
    private let end: UInt64
    /// Entries that are known; the last one may still grow.
    private var entries: [MapEntry] = []
    private var nextEntry = 0

    /// Opens a chain for reading.
    ///
    /// - Parameters:
    ///   - path: the top image, named as QEMU names files: `json:` and `file:` are understood.
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
        let top = try BackingReference(ofTop: path, format)
        guard top.rawOffset == 0, top.rawBytes == nil else {
            throw CollapseError(.unsupportedImage, "\(path): a part of a file cannot be the top")
        }
        // Nothing is told but where things lie, so there is no harm in a forged format.
        let policy = ChainPolicy(trustsProbedFormats: true, sharesWithWriters: sharesWithWriters)
        let chain = try ImageChain(top: top.path, format: top.format, policy: policy)
        map = FlatMap(of: chain)
        describer = try ExtentDescriber(chain)
        diskBytes = chain.diskBytes
        dataPaths = chain.layers.map(\.data.path)
        position = min(range?.lowerBound ?? 0, diskBytes)
        end = min(range?.upperBound ?? diskBytes, diskBytes)
    }

    /// The next run; nil at the end.
    ///
    /// - Throws: `CollapseError` when a table cannot be read or an entry is damaged.
    public mutating func next() throws(CollapseError) -> MapEntry? {
        while entries.count - nextEntry < 2, position < end { try describeNextPart() }
        guard nextEntry < entries.count else { return nil }
        defer { nextEntry += 1 }
        return entries[nextEntry]
    }

    /// The next windows, and what lies before each, or all up to the end.
    private mutating func describeNextPart() throws(CollapseError) {
        entries.removeFirst(nextEntry)
        nextEntry = 0
        let windows = try nextWindows()
        for (window, extents) in zip(windows, try map.flatten(windows)) {
            if position < window.lowerBound {
                try describe(.unallocated(position..<window.lowerBound))
            }
            for extent in extents { try describe(extent) }
        }
        if windows.isEmpty { try describe(.unallocated(position..<end)) }
    }

    private func nextWindows() throws(CollapseError) -> [Range<UInt64>] {
        var windows: [Range<UInt64>] = []
        var place = position
        while windows.count < ImageMap.windowsAtOnce, place < end,
            let window = try map.nextWindow(from: place)?.clamped(to: place..<end), !window.isEmpty
        {
            windows.append(window)
            place = window.upperBound
        }
        return windows
    }

    private mutating func describe(_ extent: Extent) throws(CollapseError) {
        try describer.describe(extent) { entry in
            if entries.isEmpty || !entries[entries.count - 1].extend(with: entry) {
                entries.append(entry)
            }
        }
        position = extent.guestEnd
    }
}
