// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// A file of 64-bit words to which only whole blocks are added.
///
/// A block is its number of words, the words, and the SHA-256 of the block before it and of these:
/// what is torn, cut, changed or of another journal does not continue what stands before it.
struct JournalFile: Sendable {
    private static let hashBytes = 32
    /// Longer blocks are never written.
    private static let maximumBlockWords = 1 << 17
    /// Entries are gathered into blocks of about this size.
    private static let blockWords = 1 << 16

    private let target: any BlockTarget
    private var end: UInt64 = 0
    private var lastHash = [UInt8](repeating: 0, count: hashBytes)

    /// A journal that begins at the beginning of a file.
    init(_ target: any BlockTarget) { self.target = target }

    /// Reads the next block.
    ///
    /// - Returns: nil at the first that is not whole; what is added later takes its place.
    mutating func readBlock(from source: any BlockSource) throws(IOError) -> [UInt64]? {
        let rest = source.byteCount - min(end, source.byteCount)
        guard rest >= 8 else { return nil }
        let count = bigEndianWords(try source.bytes(at: end, count: 8)[...])[0]
        guard count <= UInt64(JournalFile.maximumBlockWords),
            rest >= 8 + count * 8 + UInt64(JournalFile.hashBytes)
        else { return nil }
        let byteCount = 8 + Int(count) * 8
        let bytes = try source.bytes(at: end, count: byteCount + JournalFile.hashBytes)
        let hash = SHA256Hash(of: lastHash + bytes[..<byteCount]).bytes
        guard hash == Array(bytes[byteCount...]) else { return nil }
        (end, lastHash) = (end + UInt64(bytes.count), hash)
        return bigEndianWords(bytes[8..<byteCount])
    }

    /// Forgets everything behind what was read, or all when nothing was.
    ///
    /// Returns when that is on stable storage: nothing that is written to the image later may meet a
    /// journal that says otherwise.
    mutating func cut() throws(IOError) {
        try target.setByteCount(end)
        try target.flush()
    }

    /// Adds entries, and returns when they are on stable storage.
    ///
    /// An entry is in one block as a whole.
    mutating func append(_ entries: [[UInt64]]) throws(IOError) {
        var block: [UInt64] = []
        for entry in entries {
            block += entry
            guard block.count >= JournalFile.blockWords else { continue }
            try write(block)
            block.removeAll()
        }
        if !block.isEmpty { try write(block) }
        try target.flush()
    }

    private mutating func write(_ words: [UInt64]) throws(IOError) {
        precondition(words.count <= JournalFile.maximumBlockWords, "a block is of bounded size")
        let bytes = bigEndianBytes([UInt64(words.count)] + words)
        let hash = SHA256Hash(of: lastHash + bytes).bytes
        try target.write(bytes + hash, at: end)
        (end, lastHash) = (end + UInt64(bytes.count + hash.count), hash)
    }
}
