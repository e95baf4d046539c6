// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A qcow2 file whose metadata is changed by hand.
public struct ImageDamage {
    private let path: String
    private var bytes: Data

    /// Reads the file.
    public init(_ path: String) throws {
        self.path = path
        bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // A compressed stream may end anywhere; tables are made of words.
        bytes.append(Data(count: (8 - bytes.count % 8) % 8))
    }

    /// Writes the changed file.
    public func save() throws { try bytes.write(to: URL(fileURLWithPath: path)) }

    /// The length of the file.
    public var byteCount: Int { bytes.count }
    /// The length of a cluster.
    public var clusterBytes: Int { 1 << word32(20) }
    /// The clusters of the file.
    public var clusterCount: Int { (byteCount + clusterBytes - 1) / clusterBytes }
    /// Whether the header is of version 2.
    public var isOld: Bool { word32(4) == 2 }

    private var hasExtendedL2: Bool { !isOld && word(72) & 16 != 0 }

    /// The places of the entries of the L1 table that are not 0.
    public var l1Places: [Int] { places(Int(word(40)), word32(36)) }

    /// The places of the words of the L2 tables that are not 0.
    public var l2Places: [Int] {
        let step = hasExtendedL2 ? 16 : 8
        return l1Places.flatMap { place in
            places(Int(word(place) & 0xff_ffff_ffff_fe00), clusterBytes / 8).filter {
                $0 % step == 0
            }
        }
    }

    /// The places of the entries of the refcount table that are not 0.
    public var refcountTablePlaces: [Int] {
        places(Int(word(48)), word32(56) * clusterBytes / 8)
    }

    private func places(_ start: Int, _ count: Int) -> [Int] {
        (0..<count).map { start + $0 * 8 }.filter { $0 + 8 <= byteCount && word($0) != 0 }
    }

    /// The big-endian number at a place.
    public func word(_ place: Int) -> UInt64 {
        bytes[place..<(place + 8)].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func word32(_ place: Int) -> Int { Int(word(place) >> 32) }

    /// Puts a big-endian number at a place.
    public mutating func set(_ place: Int, to word: UInt64) {
        for index in 0..<8 {
            bytes[place + index] = UInt8(truncatingIfNeeded: word >> (56 - 8 * index))
        }
    }

    /// Cuts bytes off the end.
    public mutating func cut(_ count: Int) { bytes.removeLast(min(count, bytes.count - 1024)) }

    /// The width of a refcount in bits.
    public var refcountBits: Int { isOld ? 16 : 1 << word32(96) }

    /// Adds to the refcount of a cluster that has a refcount block; it wraps.
    public mutating func addToRefcount(of cluster: Int, _ difference: Int) {
        let perBlock = clusterBytes * 8 / refcountBits
        let entry = Int(word(48)) + cluster / perBlock * 8
        guard entry + 8 <= byteCount else { return }
        let block = Int(word(entry) & 0xff_ffff_ffff_fe00)
        guard block > 0, block + clusterBytes <= byteCount else { return }
        let bit = cluster % perBlock * refcountBits
        guard refcountBits >= 8 else {
            let (mask, shift) = (UInt8(1 << refcountBits - 1), UInt8(bit % 8))
            let old = bytes[block + bit / 8]
            let new = UInt8(truncatingIfNeeded: Int(old >> shift & mask) + difference) & mask
            bytes[block + bit / 8] = old & ~(mask << shift) | new << shift
            return
        }
        var carry = difference
        for index in stride(from: refcountBits / 8 - 1, through: 0, by: -1) {
            carry += Int(bytes[block + bit / 8 + index])
            bytes[block + bit / 8 + index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
    }
}

extension ImageDamage {
    /// Makes clusters count as used, or as used more often, than they are.
    public mutating func leak(_ random: inout SeededGenerator) {
        for _ in 0..<random.int(in: 1...6) {
            let places = l2Places
            if refcountBits >= 16, random.chance(50) {
                addToRefcount(of: random.int(in: 0...(clusterCount - 1)), 1)
            } else if !places.isEmpty {
                dropEntry(at: random.pick(places))
            }
        }
    }

    /// Takes an L2 entry away, so that nothing refers to its cluster.
    public mutating func dropEntry(at place: Int) {
        set(place, to: 0)
        if hasExtendedL2 { set(place + 8, to: 0) }
    }

    /// Changes something that is looked at.
    public mutating func damage(_ random: inout SeededGenerator) {
        let place = random.pick(l1Places + l2Places + l2Places + refcountTablePlaces)
        let cluster = UInt64(random.int(in: 0...(clusterCount + 1)) * clusterBytes)
        let flags: UInt64 = 0xc000_0000_0000_0001
        switch random.int(in: 1...9) {
        case 1: set(place, to: word(place) ^ 1 << 63)
        case 2: set(place, to: word(place) ^ 1 << UInt64(random.int(in: 0...63)))
        case 3, 4: set(place, to: word(place) & flags | cluster)
        case 5: set(place, to: word(place) | 512)
        case 6: set(place, to: cluster)
        case 7: cut(random.int(in: 1...(clusterBytes / 8)) * 8)
        default:
            addToRefcount(
                of: random.int(in: 0...(clusterCount - 1)),
                random.int(in: 1...2) * 2 - 3
            )
        }
    }
}
