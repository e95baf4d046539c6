// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What travels past the page cache is made of whole blocks.
enum DirectBlocks {
    /// The size of a block: what every disk and file system takes.
    static let byteCount = 4096

    /// The part of a buffer that is whole blocks of the file and lies in memory as in the file.
    static func within(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) -> Range<Int> {
        let misfit = Int(offset % UInt64(byteCount))
        guard Int(bitPattern: buffer.baseAddress) % byteCount == misfit else { return 0..<0 }
        let head = min(buffer.count, (byteCount - misfit) % byteCount)
        return head..<(head + (buffer.count - head) / byteCount * byteCount)
    }
}
