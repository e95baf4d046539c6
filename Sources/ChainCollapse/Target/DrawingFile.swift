// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// A drawing in SVG as a file: made beside its name, which it gets in one step.
package enum DrawingFile {
    /// A drawing says what it is within so many bytes.
    private static let headBytes: UInt64 = 4096
    /// White space behind the end of a drawing is looked through up to here.
    private static let tailBytes: UInt64 = 64

    /// Writes a drawing, in the place of an older one where there is one.
    ///
    /// - Throws: `.unusableTarget` when the path leads to anything else but a drawing or an empty file;
    ///   `.inUse` when another program writes to that. Nothing is changed then.
    package static func write(_ text: String, to path: String) throws(CollapseError) {
        try refuseOthers(path)
        let publication = try Publication(
            CollapseTarget(path: path, format: .raw(), replacesExisting: true),
            chain: ImageChain(layers: []),
            CollapseOptions()
        )
        do throws(CollapseError) {
            try usingDisk { () throws(IOError) in
                try publication.file.write(Array(text.utf8), at: 0)
            }
            try publication.publish()
        } catch {
            publication.abandon()
            throw error
        }
    }

    private static func refuseOthers(_ path: String) throws(CollapseError) {
        let found: String
        switch Directory.kind(of: path) {
        case nil: return
        case .regular:
            let file = try usingDisk { () throws(IOError) in try File(readingFrom: path) }
            guard try usingDisk({ () throws(IOError) in try !isDrawing(file) }) else { return }
            found = (try? ImageFormat(guessedFrom: file)) == .qcow2 ? "a qcow2 image" : "a file"
        case .blockDevice: found = "a block device"
        case .other: found = "a directory, a pipe or a device"
        }
        throw CollapseError(
            .unusableTarget,
            "\(path): this is \(found) and no SVG drawing, and is left alone (say a name that "
                + "is free, that of an older drawing, or - for standard output)"
        )
    }

    /// True for a file that has nothing, or begins and ends as a drawing does: what a guest writes to
    /// the beginning of its disk is not enough.
    private static func isDrawing(_ file: File) throws(IOError) -> Bool {
        guard file.byteCount > 0 else { return true }
        let headCount = min(file.byteCount, headBytes)
        let tailCount = min(file.byteCount, tailBytes)
        let head = try file.bytes(at: 0, count: Int(headCount))
        let tail = try file.bytes(at: file.byteCount - tailCount, count: Int(tailCount))
        let begin = String(decoding: head, as: UTF8.self).drop(while: \.isWhitespace)
        let end = String(decoding: tail, as: UTF8.self).reversed().drop(while: \.isWhitespace)
        return begin.hasPrefix("<") && begin.contains("<svg")
            && end.starts(with: "</svg>".reversed())
    }
}
