// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

/// The disks of several chains, one behind the other, as the bytes of one raw disk.
final class JoinedDisks: BlockSource {
    private struct Part {
        let map: FlatMap
        let start: UInt64
    }

    private let parts: [Part]
    private let salvage: Bool
    /// Readers that nobody uses at the moment.
    private let idleReaders = Mutex<[DiskReader]>([])
    let path: String
    let byteCount: UInt64

    /// - Throws: `CollapseError` when no file could hold the disks together.
    init(_ chains: [ImageChain], salvage: Bool) throws(CollapseError) {
        var parts: [Part] = []
        var start: UInt64 = 0
        for chain in chains {
            parts.append(Part(map: FlatMap(of: chain), start: start))
            let (end, overflow) = start.addingReportingOverflow(chain.diskBytes)
            guard !overflow, end <= UInt64(Int64.max) else {
                throw CollapseError(
                    .unsupportedImage,
                    "\(chain.top.path): the disks one behind the other have more than \(Int64.max) bytes"
                )
            }
            start = end
        }
        self.parts = parts
        self.salvage = salvage
        byteCount = start
        path = chains.map(\.top.path).joined(separator: " + ")
    }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        var done = 0
        while done < bytes.byteCount {
            let (index, place) = part(at: offset + UInt64(done))
            let reader = takeReader(of: index)
            defer { giveBack(reader) }
            do throws(CollapseError) {
                done += try reader.read(at: place, into: &bytes, from: done)
            } catch { throw unreadable(error) }
        }
    }

    func nextData(at offset: UInt64) throws(IOError) -> Range<UInt64>? {
        guard offset < byteCount else { return nil }
        let (first, place) = part(at: offset)
        for index in first..<parts.count {
            let reader = takeReader(of: index)
            defer { giveBack(reader) }
            do throws(CollapseError) {
                guard let data = try reader.nextData(at: index == first ? place : 0) else {
                    continue
                }
                let start = parts[index].start
                return (start + data.lowerBound)..<(start + data.upperBound)
            } catch { throw unreadable(error) }
        }
        return nil
    }

    /// Bytes that were lost so far, by salvage.
    var lostBytes: UInt64 {
        let readers = idleReaders.withLock { $0.reduce(0) { $0 + $1.lostBytes } }
        return parts.reduce(readers) { $0 + $1.map.chain.lostTableBytes }
    }

    private func unreadable(_ error: CollapseError) -> IOError {
        IOError(call: "read", path: path, cause: .unreadable(error.message))
    }

    /// The disk that has a byte, and the byte's place there.
    private func part(at offset: UInt64) -> (index: Int, place: UInt64) {
        let index = parts.lastIndex { $0.start <= offset } ?? 0
        return (index, offset - parts[index].start)
    }

    private func takeReader(of index: Int) -> DiskReader {
        let idle = idleReaders.withLock { readers in
            readers.firstIndex { $0.index == index }.map { readers.remove(at: $0) }
        }
        return idle ?? DiskReader(parts[index].map, index, salvage: salvage)
    }

    private func giveBack(_ reader: DiskReader) { idleReaders.withLock { $0.append(reader) } }
}

/// Reads one of several disks; used by one thread at a time.
private final class DiskReader: @unchecked Sendable {
    let index: Int
    private let map: FlatMap
    private let salvage: Bool
    private let reader: ChunkReader
    private var flattener: WindowFlattener
    private let buffer = ChunkBuffer()
    /// What was looked at last.
    private var window: (range: Range<UInt64>, extents: [Extent]) = (0..<0, [])
    private var lostMappedBytes: UInt64 = 0

    init(_ map: FlatMap, _ index: Int, salvage: Bool) {
        self.map = map
        self.index = index
        self.salvage = salvage
        reader = ChunkReader(map.chain, PlanPolicy(grainBytes: 1, salvage: salvage))
        flattener = WindowFlattener(map)
    }

    var lostBytes: UInt64 { reader.tallies.reduce(lostMappedBytes) { $0 + $1.lostBytes } }

    /// Reads from a place on, up to the end of the span, of the disk or of a slot.
    ///
    /// - Returns: how many bytes were read, to `start` of the span.
    func read(
        at place: UInt64,
        into bytes: inout MutableRawSpan,
        from start: Int
    ) throws(CollapseError) -> Int {
        let slot = place / Chunk.slotBytes * Chunk.slotBytes
        let end = min(place + UInt64(bytes.byteCount - start), slot + Chunk.slotBytes)
        let range = place..<min(end, map.chain.diskBytes)
        var extents: [Extent] = []
        for extent in try self.extents(in: range) where extent.guestRange.overlaps(range) {
            let part = extent.clipped(to: range)
            if part.needsReading { extents.append(part) }
            if case .damaged = part.content { lostMappedBytes += part.byteCount }
        }
        let part = Int(place - slot)..<Int(range.upperBound - slot)
        buffer.bytes.zero(part)
        try reader.read(Chunk(slotStart: slot, extents: extents), into: buffer)
        buffer.bytes.copy(part, into: &bytes, at: start)
        return part.count
    }

    /// The first range at or behind a place that is not known to be zeros.
    func nextData(at place: UInt64) throws(CollapseError) -> Range<UInt64>? {
        var place = place
        while let next = try map.nextWindow(from: place) {
            place = max(place, next.lowerBound)
            let extents = try extents(in: place..<next.upperBound)
            let data = extents.first { $0.guestEnd > place && $0.mayHoldData }
            if let data { return max(place, data.guestOffset)..<data.guestEnd }
            place = next.upperBound
        }
        return nil
    }

    /// The extents of a window of the map that has a range.
    private func extents(in range: Range<UInt64>) throws(CollapseError) -> [Extent] {
        guard range.clamped(to: window.range) != range else { return window.extents }
        let start = range.lowerBound / map.windowBytes * map.windowBytes
        let whole = start..<min(start + map.windowBytes, map.chain.diskBytes)
        let extents = try flattener.flatten(whole)
        for case .damaged(let layer, let entry) in extents.map(\.content) where !salvage {
            throw map.chain.error(for: entry, of: layer)
        }
        window = (whole, extents)
        return extents
    }
}

extension Extent {
    /// False when it reads as zeros, and is not damaged.
    fileprivate var mayHoldData: Bool {
        if case .damaged = content { true } else { needsReading }
    }
}
