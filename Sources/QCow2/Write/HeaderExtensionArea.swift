// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The header extensions of an image, as its first cluster has them.
struct HeaderExtensionArea {
    private typealias Part = (type: UInt32, bytes: ArraySlice<UInt8>)

    private let start: Int
    private var parts: [Part] = []
    /// The end of them all, and of the mark that says so.
    private(set) var endOffset: Int

    init(in bytes: [UInt8], of header: Header) {
        start = Int(header.headerLength)
        endOffset = start
        let nameOffset = Int(clamping: bytes.bigEndian(UInt64.self, at: 8))
        let limit = nameOffset == 0 ? bytes.count : min(nameOffset, bytes.count)
        while limit - endOffset >= 8 {
            let type = bytes.bigEndian(UInt32.self, at: endOffset)
            let length = Int(bytes.bigEndian(UInt32.self, at: endOffset + 4))
            let isEnd = type == HeaderExtensions.Kind.end.rawValue
            let next = isEnd ? endOffset + 8 : endOffset + 8 + (length + 7) / 8 * 8
            if !isEnd { parts.append((type, bytes[endOffset..<min(next, bytes.count)])) }
            endOffset = next
            if isEnd { return }
        }
    }

    /// Puts another backing file's format, or none, into the first cluster; feature names go where
    /// there is no other room.
    ///
    /// - Parameters:
    ///   - format: the extension that says it; empty for none.
    ///   - bytes: the first cluster.
    ///   - sectorBytes: what may change.
    /// - Returns: the end of the extensions; nil when they do not fit.
    func replaceFormat(
        by format: [UInt8],
        in bytes: inout [UInt8],
        sectorBytes: Int
    ) -> Int? {
        let kind = HeaderExtensions.Kind.backingFormat.rawValue
        var new = parts.filter { $0.type != kind }
        new.insert((kind, format[...]), at: parts.firstIndex { $0.type == kind } ?? 0)
        // Without a backing file, a format that stays means nothing.
        let fallback = format.isEmpty ? parts : new
        let names = HeaderExtensions.Kind.featureNames.rawValue
        for candidate in [new, fallback, new.filter { $0.type != names }] {
            let area = candidate.flatMap(\.bytes) + Array(repeating: 0, count: 8)
            let (end, border) = (start + area.count, max(start, sectorBytes))
            guard end <= bytes.count else { continue }
            if end <= border {
                let rest = Array(repeating: 0 as UInt8, count: border - end)
                bytes.replaceSubrange(start..<border, with: area + rest)
            } else if bytes[border..<end] == area[(border - start)...] {
                bytes.replaceSubrange(start..<border, with: area.prefix(border - start))
            } else {
                continue
            }
            return end
        }
        return nil
    }
}
