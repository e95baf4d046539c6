// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A private copy of a table of big-endian 64-bit words, as qcow2 keeps its L1 and L2 tables.
///
/// What is judged and what is used are the same bits, whatever happens to the file meanwhile. One
/// table is meant to be filled many times; its memory is kept.
package struct WordTable: Sendable {
    /// Zeros are passed over in blocks of this many words.
    private static let blockWords = 512

    @usableFromInline var stored: [UInt64]

    /// A table of so many words that are 0.
    package init(zeros count: Int = 0) { stored = Array(repeating: 0, count: count) }

    /// The number of words.
    @inlinable package var count: Int { stored.count }

    /// The word at an index, in the processor's byte order.
    @inlinable package subscript(index: Int) -> UInt64 {
        get { UInt64(bigEndian: stored[index]) }
        set { stored[index] = newValue.bigEndian }
    }

    /// The table as the format writes it.
    package var bytes: [UInt8] {
        // SAFETY: a word is its bytes.
        unsafe stored.withUnsafeBytes { unsafe Array($0) }
    }

    /// The index of the first word that is not zero, from `index` on; `count` when there is none.
    package func firstNonZero(from index: Int) -> Int {
        var index = index
        let words = stored.span
        guard index < words.count, words[index] == 0 else { return index }
        while index < words.count {
            let end = min(index + WordTable.blockWords, words.count)
            // SAFETY: a word is its bytes.
            guard unsafe words.extracting(index..<end).bytes.isZero else {
                while words[index] == 0 { index += 1 }
                return index
            }
            index = end
        }
        return index
    }

    /// Replaces the contents by `count` words at `offset` of the source; words beyond its end are 0.
    package mutating func fill(
        from source: any BlockSource,
        at offset: UInt64,
        count: Int
    ) throws(IOError) {
        let available = offset < source.byteCount ? source.byteCount - offset : 0
        let present = Int(min(UInt64(count), available / 8))
        if stored.count != present {
            stored.removeAll(keepingCapacity: true)
            stored.append(contentsOf: repeatElement(0, count: present))
        }
        try read(from: source, at: offset)
        stored.append(contentsOf: repeatElement(0, count: count - present))
    }

    private mutating func read(
        from source: any BlockSource,
        at offset: UInt64
    ) throws(IOError) {
        guard !stored.isEmpty else { return }
        var span = stored.mutableSpan
        // SAFETY: a word is its bytes; every pattern is valid.
        var bytes = unsafe span.mutableBytes
        try source.read(at: offset, into: &bytes)
    }
}

/// Words as the format writes them.
///
/// Inlinable, so that it is compiled for the collection it is given: tables are swapped in bulk.
@inlinable
package func bigEndianBytes(_ words: some Collection<UInt64>) -> [UInt8] {
    let swapped = words.map { $0.bigEndian }
    // SAFETY: a word is its bytes.
    return unsafe swapped.withUnsafeBytes { unsafe Array($0) }
}

/// The words of bytes as `bigEndianBytes` writes them; an odd end is left out.
package func bigEndianWords(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
    (0..<bytes.count / 8).map { word in
        bytes.dropFirst(word * 8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
