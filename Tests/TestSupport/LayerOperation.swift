// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// One thing a guest or an administrator does to a layer.
public enum LayerOperation: Sendable, Equatable {
    /// The bytes of a write.
    public enum Content: Sendable, Equatable {
        /// One byte over and over.
        case pattern(UInt8)
        /// Random bytes that take half their size when compressed.
        case text
        /// Random bytes that cannot be compressed.
        case noise
    }

    /// A write.
    case write(Content, Range<Int>)
    /// A write of whole clusters, compressed.
    case compress(Content, Range<Int>)
    /// A write of zeros, as a zero cluster if the image has such.
    case zero(Range<Int>, unmap: Bool)
    /// A discard.
    case discard(Range<Int>)
    /// A change of the virtual size.
    case resize(Int)

    /// The content of the write, if it is one.
    var content: Content? {
        switch self {
        case .write(let content, _), .compress(let content, _): content
        default: nil
        }
    }

    /// Whether it writes compressed clusters.
    var isCompressed: Bool {
        if case .compress = self { true } else { false }
    }

    /// The command as `qemu-io` reads it.
    public func command(layer: Int) -> String {
        switch self {
        case .write(let content, let range):
            "write -q \(content.source(layer: layer)) \(range.words)"
        case .compress(let content, let range):
            "write -q -c \(content.source(layer: layer)) \(range.words)"
        case .zero(let range, let unmap):
            "write -q -z \(unmap ? "-u " : "")\(range.words)"
        case .discard(let range):
            "discard -q \(range.words)"
        case .resize(let size):
            "truncate \(size)"
        }
    }
}

extension LayerOperation.Content {
    /// The file that holds the bytes of a layer's writes, unless they are a pattern.
    func file(layer: Int) -> String? {
        switch self {
        case .pattern: nil
        case .text: "text-\(layer).bin"
        case .noise: "noise-\(layer).bin"
        }
    }

    fileprivate func source(layer: Int) -> String {
        if case .pattern(let byte) = self { return "-P \(byte)" }
        return file(layer: layer).map { "-s \($0)" } ?? ""
    }
}

extension Range<Int> {
    fileprivate var words: String { "\(lowerBound) \(count)" }
}
