// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import TestSupport
import Testing

@testable import QCow2

/// A run of the disk and what it is, in words that QEMU and we share.
struct MapSegment: Hashable, CustomStringConvertible {
    enum Kind: Hashable {
        case unallocated, zeros, compressed
        case data(UInt64)
    }

    var start: UInt64
    var length: UInt64
    var kind: Kind

    var end: UInt64 { start + length }
    var description: String { "\(hex(start))+\(hex(length)) \(kind)" }

    /// True when the other continues this one.
    private func isContinued(by next: MapSegment) -> Bool {
        guard next.start == end else { return false }
        if case .data(let here) = kind, case .data(let there) = next.kind {
            return here + length == there
        }
        return kind == next.kind
    }

    /// The same segments, with those joined that continue each other, and gaps as unallocated.
    static func normalized(_ segments: [MapSegment], diskBytes: UInt64) -> [MapSegment] {
        var result: [MapSegment] = []
        func append(_ segment: MapSegment) {
            guard segment.length > 0 else { return }
            if let last = result.last, last.isContinued(by: segment) {
                result[result.count - 1].length += segment.length
            } else {
                result.append(segment)
            }
        }
        var position: UInt64 = 0
        for segment in segments {
            append(
                MapSegment(start: position, length: segment.start - position, kind: .unallocated)
            )
            append(segment)
            position = segment.end
        }
        append(MapSegment(start: position, length: diskBytes - position, kind: .unallocated))
        return result
    }

    /// What `qemu-img map` says of an image without a backing file.
    static func map(of path: String, diskBytes: UInt64) throws -> [MapSegment] {
        let segments = try QemuImg.map(path).map { entry in
            let kind: Kind =
                if let offset = entry.offset, entry.data {
                    .data(UInt64(offset))
                } else if entry.data {
                    .compressed
                } else {
                    try #require(entry.present as Bool?) ? .zeros : .unallocated
                }
            return MapSegment(start: UInt64(entry.start), length: UInt64(entry.length), kind: kind)
        }
        return normalized(segments, diskBytes: diskBytes)
    }

    /// What our reader says.
    static func map(of runs: [MappedRun], diskBytes: UInt64) throws -> [MapSegment] {
        var position: UInt64 = 0
        let segments = try runs.map { run in
            try #require(run.guestOffset >= position && run.byteCount > 0, "\(run) at \(position)")
            position = run.guestEnd
            let kind: Kind =
                switch run.mapping {
                case .zeros: .zeros
                case .data(let place): .data(place.rawValue)
                case .compressed: .compressed
                case .damaged: try #require(nil, "\(run)")
                }
            return MapSegment(start: run.guestOffset, length: run.byteCount, kind: kind)
        }
        return normalized(segments, diskBytes: diskBytes)
    }
}
