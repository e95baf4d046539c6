// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation

/// A small text beside a volume or a domain, in lines of `KEY=VALUE`.
enum MetadataFile {
    /// Nothing longer is read; a volume's has 512 bytes.
    static let maximumBytes = 1 << 16

    /// Where a metadata file is written before it gets its name.
    static func draft(of path: String) -> String { path + ".new" }

    /// Writes the text beside its place, and gives it the name once it is on stable storage.
    ///
    /// - Throws: `EngineError` when a call fails; what was there before is there still.
    static func write(_ text: String, to path: String) throws(EngineError) {
        let draft = draft(of: path)
        do {
            try Data(text.utf8).write(to: URL(filePath: draft))
            let file = try FileHandle(forWritingTo: URL(filePath: draft))
            try file.synchronize()
            try file.close()
            try Directory.replace(path, by: draft)
            try Directory.flush(Directory.parent(of: path))
        } catch {
            throw EngineError.domain("The metadata \(path) cannot be written: \(error).")
        }
    }

    /// The text; nil when there is none.
    ///
    /// - Throws: `EngineError` when it cannot be read, or is longer than any metadata.
    static func read(_ path: String) throws(EngineError) -> String? {
        guard let kind = Directory.kind(of: path) else { return nil }
        do {
            guard case .regular = kind else { throw CocoaError(.fileReadUnknown) }
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            let data = try file.read(upToCount: maximumBytes + 1) ?? Data()
            guard data.count <= maximumBytes else { throw CocoaError(.fileReadTooLarge) }
            return String(decoding: data, as: UTF8.self)
        } catch {
            throw EngineError.domain("The metadata \(path) cannot be read: \(error).")
        }
    }

    /// The lines of a text: only a line feed ends one, whatever stands behind it.
    static func lines(of text: String) -> [Substring.UnicodeScalarView] {
        text.unicodeScalars.split(separator: "\n")
    }

    /// The values by their keys, up to the line `EOF`; lines of another form are passed over.
    static func values(in text: String) -> [String: String] {
        let pairs = lines(of: text).prefix { String($0) != "EOF" }.compactMap { line in
            line.firstIndex(of: "=").map { sign in
                (String(line[..<sign]), String(line[line.index(after: sign)...]))
            }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The lines of the values, one for each, sorted by their keys.
    static func lines(of values: [String: String]) -> [String] {
        values.map { key, value in
            "\(key)=\(lines(of: value).map(String.init).joined(separator: " "))"
        }.sorted()
    }
}

extension EngineError {
    /// A storage domain is not what it should be: a sentence.
    static func domain(_ sentence: String) -> EngineError {
        EngineError(Refusal("STORAGE_DOMAIN_UNUSABLE", .internalError, sentence))
    }
}
