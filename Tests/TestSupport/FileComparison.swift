// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Whether two files have the same length and the same bytes.
public func filesAreEqual(_ first: String, _ second: String) throws -> Bool {
    try firstDifference(between: first, and: second) == nil
}

/// The offset of the first byte in which two files differ, or nil; holes in both are skipped.
///
/// If one file is the beginning of the other, this is the length of the shorter one.
public func firstDifference(between first: String, and second: String) throws -> UInt64? {
    let files = try [first, second].map {
        try FileHandle(forReadingFrom: URL(fileURLWithPath: $0))
    }
    var offset: UInt64 = 0
    while true {
        offset = try files.map { try nextData(in: $0, from: offset) }.min() ?? offset
        let chunks = try files.map { try read(1 << 20, from: $0, at: offset) }
        if chunks[0] != chunks[1] { return offset + mismatch(chunks[0], chunks[1]) }
        if chunks[0].isEmpty { return nil }
        offset += UInt64(chunks[0].count)
    }
}

/// The SHA-256 of a file in hexadecimal digits.
public func sha256(ofFile path: String) throws -> String {
    let line = try Command.runSuccessfully("sha256sum", ["--binary", "--", path]).text
    return String(line.drop { $0 == "\\" }.prefix(64))
}

/// The first offset not before `offset` that is not in a hole, at most the file's length.
private func nextData(in file: FileHandle, from offset: UInt64) throws -> UInt64 {
    let seekData: Int32 = 3  // SEEK_DATA, which the C library shows to GNU sources only
    let next = lseek(file.fileDescriptor, off_t(offset), seekData)
    return try next >= 0 ? UInt64(next) : max(offset, file.seekToEnd())
}

/// Up to `count` bytes; fewer at the end of the file only.
private func read(_ count: Int, from file: FileHandle, at offset: UInt64) throws -> Data {
    try file.seek(toOffset: offset)
    return try file.read(upToCount: count) ?? Data()
}

/// The number of bytes that two different chunks have in common at their beginning.
private func mismatch(_ first: Data, _ second: Data) -> UInt64 {
    UInt64(zip(first, second).prefix { $0 == $1 }.count)
}
