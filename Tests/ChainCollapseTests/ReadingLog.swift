// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import QCow2
import Synchronization

@testable import ChainCollapse

/// What is asked of the files of a chain, in the order in which it is.
final class ReadingLog: Sendable {
    enum Kind { case announcement, read }

    struct Entry {
        let path: String
        let kind: Kind
        let range: Range<UInt64>
    }

    private let log = Mutex<[Entry]>([])
    var entries: [Entry] { log.withLock { $0 } }

    func reads(of path: String) -> [Range<UInt64>] {
        entries.filter { $0.path == path && $0.kind == .read }.map(\.range)
    }

    /// A chain of qcow2 images, from the top down, that is logged from now on.
    func chain(_ paths: [String]) throws -> ImageChain {
        let layers = try paths.map { path in
            let source = LoggedSource(try File(readingFrom: path), self)
            let image = QCow2Image(
                header: try Header(reading: source),
                metadata: source,
                clusters: source
            )
            let table = try image.activeTable()
            return Layer(
                path: path,
                content: .qcow2(image, table),
                data: source,
                diskBytes: table.diskBytes,
                files: []
            )
        }
        log.withLock { $0 = [] }
        return ImageChain(layers: layers)
    }

    fileprivate func add(_ entry: Entry) { log.withLock { $0.append(entry) } }
}

private final class LoggedSource: BlockSource {
    private let base: any BlockSource
    private let log: ReadingLog
    var path: String { base.path }
    var byteCount: UInt64 { base.byteCount }

    init(_ base: any BlockSource, _ log: ReadingLog) { (self.base, self.log) = (base, log) }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        let range = offset..<(offset + UInt64(bytes.byteCount))
        log.add(ReadingLog.Entry(path: path, kind: .read, range: range))
        try base.read(at: offset, into: &bytes)
    }

    func announce(at offset: UInt64, byteCount: UInt64) {
        let range = offset..<(offset + byteCount)
        log.add(ReadingLog.Entry(path: path, kind: .announcement, range: range))
    }
}
