// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import TestSupport

extension TemporaryDirectory {
    /// Writes a new file and returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Makes a file of holes and, at each offset, some bytes; returns its path.
    func sparseFile(
        _ name: String,
        byteCount: UInt64,
        pieces: [(offset: UInt64, bytes: [UInt8])] = []
    ) throws -> String {
        let file = path(name)
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.truncate(atOffset: byteCount)
        for piece in pieces {
            try handle.seek(toOffset: piece.offset)
            try handle.write(contentsOf: Data(piece.bytes))
        }
        try handle.close()
        return file
    }

    /// The names of what is in the directory, sorted.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

/// Sets the length of a file that may be open elsewhere.
func truncate(_ path: String, to byteCount: UInt64) throws {
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: byteCount)
    try handle.close()
}

/// All bytes of a file, read by another library.
func contents(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// The bytes 1, 2, ...
///
/// 251, 1, 2, ...: none is zero, and neighbouring pages differ.
func counting(_ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8($0 % 251 + 1) }
}

extension IOBuffer {
    /// Sets one byte.
    func set(_ byte: UInt8, at index: Int) {
        withMutableBytes(index..<(index + 1)) { $0.storeBytes(of: byte, as: UInt8.self) }
    }

    /// Sets the bytes of a range.
    func fill(_ range: Range<Int>, with byte: UInt8) {
        for index in range { set(byte, at: index) }
    }

    /// All bytes.
    var all: [UInt8] { array(0..<byteCount) }
}

/// What a piece of code threw as an `IOError`; nil when it threw nothing.
func ioError(_ body: () throws(IOError) -> Void) -> IOError? {
    do throws(IOError) { try body() } catch { return error }
    return nil
}

/// A source that is no file and does not know holes.
final class ForeignSource: BlockSource {
    let path = "foreign"
    let byteCount: UInt64 = 3 << 20

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {}
}
