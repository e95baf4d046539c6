// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import FuzzSupport

/// Compares what a collapse copies with what the chain reads as.
struct CopyCheck {
    /// Sectors that are looked up one by one in each chunk.
    private static let maximumLookups = 64

    private let chain: SimpleChain
    /// What the target reads as where it holds nothing itself; nil when that is zeros.
    private let base: SimpleChain?
    private let diskBytes: UInt64
    private let wantsZeros: Bool
    private var nextTicket = 0
    private(set) var position: UInt64 = 0

    init(
        _ layers: [SimpleLayer],
        target: MemoryTarget,
        salvages: Bool
    ) {
        chain = SimpleChain(layers, salvages: salvages)
        base = target.baseLayer.map { SimpleChain(Array(layers[$0...]), salvages: salvages) }
        diskBytes = layers[0].diskBytes
        wantsZeros = target.wantsZeros && target.baseLayer == nil
    }

    /// The next chunk begins behind the last one, and holds what the chain reads as.
    mutating func add(_ chunk: CopiedChunk) {
        require(chunk.ticket == nextTicket, "ticket \(chunk.ticket) instead of \(nextTicket)")
        require(!chunk.extents.isEmpty, "a chunk of nothing")
        nextTicket += 1
        for extent in chunk.extents {
            require(extent.byteCount > 0, "an extent of nothing")
            require(extent.guestOffset >= position, "extents overlap")
            checkGap(position..<extent.guestOffset)
            position = extent.guestEnd
        }
        require(position <= diskBytes, "an extent leaves the disk")
        if chunk.isZero { checkZeros(chunk) } else { checkBytes(chunk) }
    }

    /// Nothing follows.
    func finish() { checkGap(position..<diskBytes) }

    /// What is left out reads the same in the target.
    private func checkGap(_ gap: Range<UInt64>) {
        guard !gap.isEmpty else { return }
        require(!wantsZeros, "a target that wants everything was not told of \(gap)")
        for edge in edges(of: gap) {
            let bytes = chain.bytes(edge)
            if let base {
                require(bytes == base.bytes(edge), "the base differs at \(edge)")
            } else {
                require(isZero(bytes), "data was left out at \(edge)")
            }
        }
    }

    private func checkZeros(_ chunk: CopiedChunk) {
        for extent in chunk.extents.prefix(CopyCheck.maximumLookups) {
            for edge in edges(of: extent.guestRange) {
                require(isZero(chain.bytes(edge)), "zeros for data at \(edge)")
            }
        }
    }

    private func checkBytes(_ chunk: CopiedChunk) {
        let ranges = chunk.extents.map(\.guestRange) + chunk.filled
        let slots = Set(ranges.flatMap { [$0.lowerBound, $0.upperBound - 1] }.map { $0 >> 21 })
        require(slots.count == 1, "a chunk of several slots is read")
        for range in ranges.prefix(CopyCheck.maximumLookups) {
            require(
                chunk.filled.contains { $0.clamped(to: range) == range },
                "\(range) is not filled"
            )
            for edge in edges(of: range) {
                require(chunk.bytes(edge) == chain.bytes(edge), "other bytes at \(edge)")
            }
        }
    }

    private func isZero(_ bytes: [UInt8]?) -> Bool { bytes?.allSatisfy { $0 == 0 } ?? false }

    /// The parts of the first and the last sector that lie in a range; raw disks end anywhere.
    private func edges(of range: Range<UInt64>) -> [Range<UInt64>] {
        let afterFirst = (range.lowerBound / 512 + 1) * 512
        let last = (range.upperBound - 1) / 512 * 512
        return [
            range.lowerBound..<min(afterFirst, range.upperBound),
            max(last, range.lowerBound)..<range.upperBound,
        ]
    }

    /// A copy that failed had a reason: some sector cannot be had.
    func checkFailure(_ error: CollapseError) {
        require(error.code == .damagedImage, "\(error)")
        let sectors = diskBytes / 512
        // Larger disks are not searched.
        guard sectors <= 1024 else { return }
        let isDamaged = (0..<sectors).contains { chain.bytes($0 * 512..<($0 + 1) * 512) == nil }
        require(isDamaged, "nothing is damaged, but: \(error)")
    }
}
