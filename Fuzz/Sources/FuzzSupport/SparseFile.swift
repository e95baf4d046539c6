// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

/// A file in memory of which only some pieces are stored, however long it says it is.
///
/// It may be far longer than any input, so a few bytes describe an image with large clusters.
package final class SparseFile: BlockSource {
    /// What is read where no piece is.
    package enum Filling {
        /// Zeros, as in a hole; tables are mostly that.
        case zeros
        /// Bytes that tell their place, so that data read from the wrong place is noticed.
        case places
    }

    private struct Piece {
        let offset: UInt64
        let bytes: [UInt8]
        var end: UInt64 { offset + UInt64(bytes.count) }
    }

    package let path: String
    package let byteCount: UInt64
    private let filling: Filling
    /// In the order of their offsets, none reaching into the next.
    private let pieces: [Piece]

    /// The file that an input describes, or is.
    ///
    /// - The bytes of a file that begins as qcow2 images do;
    /// - or else its length in 8 bytes, and pieces: offset in 6 bytes, length in 2, bytes.
    package init(_ input: inout FuzzInput, path: String) {
        self.path = path
        filling = .zeros
        guard !input.isWholeImage else {
            let bytes = input.takeAll()
            byteCount = UInt64(bytes.count)
            pieces = [Piece(offset: 0, bytes: bytes)]
            return
        }
        byteCount = input.takeNumber(byteCount: 8) & UInt64(Int64.max)
        var taken: [Piece] = []
        while !input.isEmpty {
            let offset = input.takeNumber(byteCount: 6)
            var bytes = input.take(Int(input.takeNumber(byteCount: 2)))
            taken.append(Piece(offset: offset, bytes: bytes.takeAll()))
        }
        pieces = SparseFile.apart(taken)
    }

    private init(_ path: String, _ byteCount: UInt64, _ filling: Filling, _ pieces: [Piece]) {
        self.path = path
        self.byteCount = byteCount
        self.filling = filling
        self.pieces = pieces
    }

    /// A file that holds nothing but what fills it.
    package convenience init(path: String, byteCount: UInt64, filling: Filling) {
        self.init(path, byteCount, filling, [])
    }

    /// The same file, filled with something else.
    package func filled(with filling: Filling) -> SparseFile {
        SparseFile(path, byteCount, filling, pieces)
    }

    /// The pieces in order; what two of them hold belongs to the one that begins first.
    private static func apart(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        var end: UInt64 = 0
        for piece in pieces.sorted(by: { $0.offset < $1.offset }) where piece.end > end {
            let start = max(piece.offset, end)
            result.append(
                Piece(offset: start, bytes: Array(piece.bytes[Int(start - piece.offset)...]))
            )
            end = piece.end
        }
        return result
    }

    package func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        guard offset <= byteCount, UInt64(bytes.byteCount) <= byteCount - offset else {
            throw IOError(call: "read", path: path, offset: offset, cause: .unexpectedEnd)
        }
        // SAFETY: the span's own memory, for the length of the call.
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0, from: offset) }
    }

    private func fill(_ target: UnsafeMutableRawBufferPointer, from offset: UInt64) {
        // SAFETY: the buffer's own memory.
        unsafe _ = target.initializeMemory(as: UInt8.self, repeating: 0)
        if filling == .places {
            for index in 0..<target.count {
                unsafe target[index] = SparseFile.mark(offset + UInt64(index))
            }
        }
        let end = offset + UInt64(target.count)
        var index = firstPiece(endingAfter: offset)
        while index < pieces.count, pieces[index].offset < end {
            let piece = pieces[index]
            let (from, to) = (max(piece.offset, offset), min(piece.end, end))
            // SAFETY: both ranges are cut to what the piece and the buffer share.
            unsafe UnsafeMutableRawBufferPointer(
                rebasing: target[Int(from - offset)..<Int(to - offset)]
            ).copyBytes(from: piece.bytes[Int(from - piece.offset)..<Int(to - piece.offset)])
            index += 1
        }
    }

    /// A byte that differs between neighbours and between sectors, and is never zero.
    private static func mark(_ offset: UInt64) -> UInt8 {
        let mixed = (offset / 8 &+ 1) &* 0x9e37_79b9_7f4a_7c15
        return UInt8(truncatingIfNeeded: mixed >> (offset % 8 * 8)) | 1
    }

    private func firstPiece(endingAfter offset: UInt64) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package func allocatedBytes() throws(IOError) -> UInt64 {
        filling == .zeros ? pieces.reduce(0) { $0 + UInt64($1.bytes.count) } : byteCount
    }

    package func nextData(at offset: UInt64) throws(IOError) -> Range<UInt64>? {
        guard filling == .zeros else {
            return offset < byteCount ? offset..<byteCount : nil
        }
        let index = firstPiece(endingAfter: offset)
        guard index < pieces.count, offset < byteCount, pieces[index].offset < byteCount else {
            return nil
        }
        return max(offset, pieces[index].offset)..<min(pieces[index].end, byteCount)
    }

    /// The big-endian word at an offset; 0 where the file does not have all of it.
    package func word(at offset: UInt64) -> UInt64 {
        guard offset <= byteCount, byteCount - offset >= 8 else { return 0 }
        return array(at: offset, count: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes at an offset; zeros beyond the end.
    package func array(at offset: UInt64, count: Int) -> [UInt8] {
        let present = Int(min(UInt64(count), byteCount - min(offset, byteCount)))
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: the array's own memory, cut to what the file has.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<present]), from: offset)
        }
        return bytes
    }
}
