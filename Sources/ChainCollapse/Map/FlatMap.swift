// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// The flattened map of a chain: for each guest byte, the one place its content comes from.
///
/// Guest space is walked in windows. Within a window each layer, top down, resolves only what the
/// layers above left open, and each L2 table is decoded once. Windows that no layer allocates
/// anything in are skipped in one step. The cost is proportional to the allocated tables, and the
/// memory to one window, whatever the size of the disk or the depth of the chain.
package struct FlatMap: Sendable {
    /// A window describes about this many of the smallest units that the chain allocates.
    private static let unitsPerWindow: UInt64 = 8192
    /// Windows are no smaller, so that few layers with tiny clusters do not make many windows.
    private static let minimumWindowBytes: UInt64 = 4 << 20
    /// There are no more windows than this, so that knowing the occupied ones costs little.
    private static let maximumWindows: UInt64 = 1 << 20
    /// There are no more pairs of a window and a layer that has tables there: they take 32 MiB.
    private static let maximumPairs = 16 << 20
    /// No window describes more units, so that the memory for one has a limit.
    private static let maximumUnitsPerWindow: UInt64 = 1 << 18

    let chain: ImageChain
    /// What a layer has as data and its file as a hole is zeros.
    let findsHoles: Bool
    /// The size of a window in bytes: a power of two, and a multiple of every chunk.
    let windowBytes: UInt64
    private let windowLayers: WindowLayers

    /// The map of an opened chain.
    package init(of chain: ImageChain, findsHoles: Bool = true) {
        self.chain = chain
        self.findsHoles = findsHoles
        windowBytes = FlatMap.windowBytes(for: chain)
        windowLayers = WindowLayers(chain, windowBytes: windowBytes)
    }

    /// The smallest unit that a chain allocates; that of a raw layer does not count.
    private static func unitBytes(of chain: ImageChain) -> UInt64 {
        chain.layers.map(\.granuleBytes).filter { $0 > 512 }.min() ?? 65_536
    }

    private static func windowBytes(for chain: ImageChain) -> UInt64 {
        var bytes = max(unitBytes(of: chain) * unitsPerWindow, minimumWindowBytes)
        while chain.diskBytes / bytes > maximumWindows
            || WindowLayers.count(chain, windowBytes: bytes) > maximumPairs
        { bytes *= 2 }
        return bytes
    }

    /// Refuses a chain whose map would take too much memory.
    ///
    /// Only a disk of many petabytes with small clusters does, or thousands of layers of one.
    static func checkSize(of chain: ImageChain) throws(CollapseError) {
        let unit = unitBytes(of: chain)
        guard windowBytes(for: chain) / unit > maximumUnitsPerWindow else { return }
        throw CollapseError(
            .unsupportedImage,
            "\(chain.top.path): a disk of \(chain.diskBytes) bytes is too large for "
                + "\(chain.layers.count) layers with clusters of \(unit) bytes"
        )
    }

    /// The number of windows that must be looked at.
    var occupiedCount: Int { windowLayers.occupiedCount }

    /// The layers that may have anything in a window, from the top down.
    func layers(in window: Range<UInt64>) -> [Int] {
        let layers = windowLayers[Int(window.lowerBound / windowBytes)].map(Int.init)
        return endsRaw ? layers + [chain.layers.count - 1] : layers
    }

    /// True when the layer at the chain's end is raw: it has no tables and may have data anywhere.
    private var endsRaw: Bool { chain.layers.last?.format == .raw }

    /// The first window at or after a guest offset in which a layer may have anything; nil when
    /// there is none.
    func nextWindow(from guestOffset: UInt64) throws(CollapseError) -> Range<UInt64>? {
        guard guestOffset < chain.diskBytes else { return nil }
        let mapped = windowLayers.firstOccupied(from: Int(guestOffset / windowBytes)).map {
            UInt64($0) * windowBytes
        }
        let raw = try nextRawData(from: guestOffset).map { $0 / windowBytes * windowBytes }
        guard let start = [mapped, raw].compactMap({ $0 }).min(), start < chain.diskBytes else {
            return nil
        }
        return start..<min(start + windowBytes, chain.diskBytes)
    }

    /// Where the raw layer at the chain's end, if it has one, next has data that can be seen.
    private func nextRawData(from guestOffset: UInt64) throws(CollapseError) -> UInt64? {
        guard let layer = chain.layers.last, let visible = chain.visibleBytes.last,
            case .raw(let start) = layer.content, guestOffset < visible
        else { return nil }
        let data = try usingDisk { () throws(IOError) in
            try layer.data.nextData(at: start + guestOffset)
        }
        return data.map { $0.lowerBound - start }.flatMap { $0 < visible ? $0 : nil }
    }
}
