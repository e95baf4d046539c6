// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import QCow2

/// A run of guest bytes whose content comes from one place.
package struct Extent: Hashable, Sendable {
    /// Where the bytes come from.
    ///
    /// A layer is its index in the chain, 0 the top.
    package enum Content: Hashable, Sendable {
        /// No layer says anything: it reads as zeros.
        case unallocated
        /// A layer says that it reads as zeros.
        case zeros(layer: Int)
        /// The bytes lie here in the layer's data.
        case data(layer: Int, HostOffset)
        /// The bytes are a part of this compressed cluster of the layer.
        case compressed(layer: Int, CompressedRun)
        /// The layer's entry for it is damaged.
        case damaged(layer: Int, DamagedEntry)
    }

    package let guestOffset: UInt64
    package let byteCount: UInt64
    package let content: Content

    package var guestEnd: UInt64 { guestOffset + byteCount }
    package var guestRange: Range<UInt64> { guestOffset..<guestEnd }

    /// The layer that decides the content; nil when none does.
    package var layer: Int? {
        switch content {
        case .unallocated: nil
        case .zeros(let layer), .data(let layer, _), .compressed(let layer, _),
            .damaged(let layer, _):
            layer
        }
    }

    /// True when bytes must be fetched; false when it reads as zeros.
    var needsReading: Bool {
        switch content {
        case .data, .compressed: true
        case .unallocated, .zeros, .damaged: false
        }
    }

    /// Where data comes from that lies right behind it.
    var contentBehind: Content? {
        guard case .data(let layer, let offset) = content else { return nil }
        return .data(layer: layer, offset.advanced(by: byteCount))
    }

    /// True when data lies in a layer above another's, or before it in the same layer's file.
    static func liesBefore(_ left: Extent, _ right: Extent) -> Bool {
        guard case .data(let leftLayer, let leftOffset) = left.content,
            case .data(let rightLayer, let rightOffset) = right.content
        else { return false }
        return (leftLayer, leftOffset) < (rightLayer, rightOffset)
    }

    /// What is left of the extent before and behind a range inside it.
    func without(_ range: Range<UInt64>) -> [Extent] {
        [guestOffset..<range.lowerBound, range.upperBound..<guestEnd]
            .filter { !$0.isEmpty }.map(clipped)
    }

    /// The part of the extent that lies in a range that it overlaps.
    func clipped(to range: Range<UInt64>) -> Extent {
        let part = guestRange.clamped(to: range)
        guard case .data(let layer, let offset) = content else {
            return Extent(
                guestOffset: part.lowerBound,
                byteCount: UInt64(part.count),
                content: content
            )
        }
        return Extent(
            guestOffset: part.lowerBound,
            byteCount: UInt64(part.count),
            content: .data(
                layer: layer,
                offset.advanced(by: part.lowerBound - guestOffset)
            )
        )
    }
}
