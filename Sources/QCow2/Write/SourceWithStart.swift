// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// A file whose first bytes are others.
final class SourceWithStart: BlockSource {
    private let source: any BlockSource
    private let start: [UInt8]
    var path: String { source.path }
    var byteCount: UInt64 { source.byteCount }

    init(_ source: any BlockSource, _ start: [UInt8]) {
        (self.source, self.start) = (source, start)
    }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        try source.read(at: offset, into: &bytes)
        if offset < UInt64(start.count) { overwrite(&bytes, at: Int(offset)) }
    }

    /// Puts the bytes of the start that lie from an offset on over those that were read there.
    private func overwrite(_ bytes: inout MutableRawSpan, at offset: Int) {
        for (place, byte) in start.dropFirst(offset).prefix(bytes.byteCount).enumerated() {
            bytes.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
        }
    }
}
