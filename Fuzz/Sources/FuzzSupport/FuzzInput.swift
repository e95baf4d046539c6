// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The bytes that libFuzzer made up, taken from the front; what is missing reads as zeros.
package struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    /// A copy of what libFuzzer lends for one call.
    package init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        // SAFETY: libFuzzer lends `count` bytes for the length of the call.
        rest = unsafe Array(UnsafeBufferPointer(start: start, count: count))[...]
    }

    package var isEmpty: Bool { rest.isEmpty }
    package var count: Int { rest.count }

    /// True when a whole image stands here, instead of bytes that describe one.
    package var isWholeImage: Bool { rest.starts(with: [0x51, 0x46, 0x49, 0xfb]) }

    /// The next byte.
    package mutating func takeByte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next `byteCount` bytes as a big-endian number.
    package mutating func takeNumber(byteCount: Int) -> UInt64 {
        (0..<byteCount).reduce(0) { number, _ in number << 8 | UInt64(takeByte()) }
    }

    /// The next bytes, fewer when there are no more.
    package mutating func take(_ count: Int) -> FuzzInput {
        defer { rest = rest.dropFirst(count) }
        return FuzzInput(rest: rest.prefix(count))
    }

    /// All that is left.
    package mutating func takeAll() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }
}

/// Ends the program, so that libFuzzer keeps the input, unless what must be is so.
package func require(
    _ isTrue: Bool,
    _ sentence: @autoclosure () -> String,
    line: Int = #line
) {
    if !isTrue { fatalError("line \(line): \(sentence())") }
}
