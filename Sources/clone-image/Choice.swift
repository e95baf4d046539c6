// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import QCow2

/// One of the words that a type knows.
struct Choice<Value>: ExpressibleByArgument, CustomStringConvertible, Sendable
where Value: CaseIterable & RawRepresentable<String> & Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }

    init?(argument: String) {
        guard let value = Value(rawValue: argument) else { return nil }
        self.value = value
    }

    var description: String { value.rawValue }

    /// All words as help and errors show them: `raw|qcow2`.
    static var words: String { list.joined(separator: "|") }

    static var defaultCompletionKind: CompletionKind { .list(list) }

    private static var list: [String] { Value.allCases.map(\.rawValue) }
}

/// How qemu-img goes through the page cache.
enum CacheMode: String, CaseIterable {
    case none, off, directsync, writeback, writethrough
    case unflushed = "unsafe"
}

/// How progress is shown.
enum ProgressStyle: String, CaseIterable {
    case auto, bar, json, none
}

/// The value of `--compress`, which may be left out.
struct CompressionChoice: ExpressibleByArgument, CustomStringConvertible {
    private static let types = ["zlib": CompressionType.zlib, "zstd": CompressionType.zstd]

    static let words = types.keys.sorted().joined(separator: "|")
    static let unsaid = CompressionChoice(type: nil)
    static let defaultCompletionKind = CompletionKind.list(types.keys.sorted())

    /// Nil when the creation options or their default decide.
    let type: CompressionType?

    private init(type: CompressionType?) { self.type = type }

    init?(argument: String) {
        guard let type = CompressionChoice.types[argument] else { return nil }
        self.type = type
    }

    // Empty, because help has words of its own for an option without value.
    var description: String { "" }
}
