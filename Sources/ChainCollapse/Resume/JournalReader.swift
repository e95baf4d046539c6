// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// What an earlier process has recorded, from the beginning.
struct JournalReader {
    /// What the journal tells of one chunk.
    struct Entry: Hashable {
        let slotStart: UInt64
        let words: [UInt64]
    }

    private let source: any BlockSource
    private(set) var file: JournalFile
    private var block: ArraySlice<UInt64> = []

    init(_ file: JournalFile, _ source: any BlockSource) {
        (self.file, self.source) = (file, source)
    }

    /// Reads what stands before all entries; nil when it is not whole.
    mutating func readHead() throws(IOError) -> [UInt64]? { try file.readBlock(from: source) }

    /// The next entry; nil behind the last whole one.
    ///
    /// - Throws: `CollapseError`, also when a whole block does not consist of entries.
    mutating func next() throws(CollapseError) -> Entry? {
        if block.isEmpty {
            let read = try usingDisk { () throws(IOError) in try file.readBlock(from: source) }
            guard let read else { return nil }
            block = read[...]
        }
        guard block.count >= 2, block[block.startIndex + 1] <= UInt64(block.count - 2) else {
            throw mismatch
        }
        let count = Int(block[block.startIndex + 1])
        defer { block = block.dropFirst(2 + count) }
        return Entry(
            slotStart: block[block.startIndex],
            words: Array(block.dropFirst(2).prefix(count))
        )
    }

    /// The error of a journal that is whole but cannot be of this copy.
    var mismatch: CollapseError {
        CollapseError(
            .unusableTarget,
            "\(source.path): the journal does not belong to this copy (without --resume it starts anew)"
        )
    }
}
