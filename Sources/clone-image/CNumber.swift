// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Whole numbers as C's `strtoull` reads them: `0x10` is 16, `010` is 8, and `08` is none.
enum CNumber {
    /// A number's text without white space and a plus in front of it.
    static func begin(of text: String) -> Substring {
        let text = text.drop { " \t\n\u{b}\u{c}\r".contains($0) }
        return text.first == "+" ? text.dropFirst() : text
    }

    static func isHexadecimal(_ text: Substring) -> Bool {
        text.hasPrefix("0x") || text.hasPrefix("0X")
    }

    /// The number that a text is, in any base; nil when it is none.
    static func value(of text: String) -> UInt64? {
        let text = begin(of: text)
        let isHexadecimal = isHexadecimal(text)
        let radix = isHexadecimal ? 16 : text.first == "0" ? 8 : 10
        let digits = isHexadecimal ? text.dropFirst(2) : text
        // Another plus is none of its digits.
        return digits.first == "+" ? nil : UInt64(digits, radix: radix)
    }
}
