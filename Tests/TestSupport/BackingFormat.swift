// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Makes an image as if no backing format had ever been recorded, which qemu no longer offers.
///
/// The extension stays where it is and gets a type that nobody knows.
public func removeBackingFormat(fromImage path: String) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    let header = try file.read(upToCount: 512) ?? Data()
    var offset = header.word(at: 4) == 2 ? 72 : Int(header.word(at: 100))
    while offset + 8 <= header.count, header.word(at: offset) != 0 {
        if header.word(at: offset) == 0xe279_2aca {
            try file.seek(toOffset: UInt64(offset))
            return try file.write(contentsOf: Data("none".utf8))
        }
        offset += 8 + (Int(header.word(at: offset + 4)) + 7) / 8 * 8
    }
    preconditionFailure("\(path): no backing format in the first 512 bytes")
}

extension Data {
    /// The big-endian word of four bytes at an offset.
    fileprivate func word(at offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
