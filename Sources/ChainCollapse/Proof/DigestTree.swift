// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Hashes of leaves on their way to a root, from the left to the right.
///
/// Only complete subtrees that have no neighbour yet are kept, one a level at most.
struct DigestTree {
    /// Leaves are so long; the last one of a disk is filled up with zeros.
    ///
    /// It is qcow2's usual cluster, so that a lone cluster costs no neighbours, and no leaf belongs
    /// to two chunks.
    static let leafBytes = 64 << 10

    /// What a hash begins with tells what it is of.
    private enum Prefix {
        static let leaf: [UInt8] = [0]
        static let node: [UInt8] = [1]
        static let root: [UInt8] = [2]
    }

    /// For each level the hash of a subtree of zeros; no disk has more levels.
    private static let zeros = (1..<48).reduce(
        into: [leaf(IOBuffer(byteCount: leafBytes), 0..<leafBytes)]
    ) { hashes, level in hashes.append(node(hashes[level - 1], hashes[level - 1])) }

    private var subtrees: [(level: Int, hash: SHA256Hash)] = []
    /// The leaves that were added.
    private(set) var leafCount: UInt64 = 0

    /// The levels above the leaves of a disk's tree.
    static func height(diskBytes: UInt64) -> Int {
        let leaves = diskBytes / UInt64(leafBytes) + (diskBytes % UInt64(leafBytes) == 0 ? 0 : 1)
        return leaves < 2 ? 0 : UInt64.bitWidth - (leaves - 1).leadingZeroBitCount
    }

    /// The hash of a leaf, which is a part of a buffer.
    static func leaf(_ buffer: IOBuffer, _ range: Range<Int>) -> SHA256Hash {
        buffer.withBytes(range) { SHA256Hash(of: Prefix.leaf, $0) }
    }

    private static func node(_ left: SHA256Hash, _ right: SHA256Hash) -> SHA256Hash {
        SHA256Hash(of: Prefix.node + left.bytes + right.bytes)
    }

    /// Adds a complete subtree behind the leaves so far, whose number its own divides.
    mutating func append(_ hash: SHA256Hash, level: Int) {
        leafCount += 1 << UInt64(level)
        var subtree = (level: level, hash: hash)
        while let left = subtrees.last, left.level == subtree.level {
            subtrees.removeLast()
            subtree = (left.level + 1, DigestTree.node(left.hash, subtree.hash))
        }
        subtrees.append(subtree)
    }

    /// Adds leaves of zeros until there are so many leaves.
    mutating func appendZeros(upTo end: UInt64) {
        while leafCount < end {
            let fitting = UInt64.bitWidth - 1 - (end - leafCount).leadingZeroBitCount
            let level = min(leafCount.trailingZeroBitCount, fitting)
            append(DigestTree.zeros[level], level: level)
        }
    }

    /// The hash of the subtree that is made complete with zeros.
    mutating func complete(level: Int) -> SHA256Hash {
        appendZeros(upTo: 1 << UInt64(level))
        return subtrees[0].hash
    }

    /// The digest of a disk, of which all leaves but zeros at the end were added.
    mutating func digest(diskBytes: UInt64) -> ContentDigest {
        let top = complete(level: DigestTree.height(diskBytes: diskBytes))
        let size = (0..<8).map { UInt8(truncatingIfNeeded: diskBytes >> UInt64(56 - 8 * $0)) }
        return ContentDigest(SHA256Hash(of: Prefix.root + size + top.bytes))
    }
}
