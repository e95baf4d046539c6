// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// A number of bytes as qemu-img reads it: with the suffixes b, k, M, G, T, P, E by 1024, which may
/// stand after a decimal fraction, or in hexadecimal, where b and E are digits.
struct ByteSize: ExpressibleByArgument {
    private static let suffixes: [Character: UInt64] = [
        "b": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50, "e": 60,
    ]

    let bytes: UInt64

    init?(argument: String) {
        let text = CNumber.begin(of: argument)
        let isHexadecimal = CNumber.isHexadecimal(text)
        let last = text.last.flatMap { Character($0.lowercased()) }
        let isDigit = isHexadecimal && last?.isHexDigit == true
        let shift = isDigit ? nil : last.flatMap { ByteSize.suffixes[$0] }
        let digits = shift == nil ? text : text.dropLast()
        let unit: UInt64 = 1 << (shift ?? 0)
        let bytes =
            isHexadecimal
            ? ByteSize.product(CNumber.value(of: String(digits)), unit)
            : ByteSize.decimal(digits, unit)
        guard let bytes else { return nil }
        self.bytes = bytes
    }

    private static func decimal(_ digits: Substring, _ unit: UInt64) -> UInt64? {
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard digits.allSatisfy({ $0.isNumber || $0 == "." }),
            let whole = product(UInt64(parts[0]), unit),
            let fraction = fraction(parts.dropFirst().first ?? "", of: unit)
        else { return nil }
        let (sum, overflow) = whole.addingReportingOverflow(fraction)
        return overflow ? nil : sum
    }

    private static func product(_ number: UInt64?, _ unit: UInt64) -> UInt64? {
        guard let (product, overflow) = number?.multipliedReportingOverflow(by: unit), !overflow
        else { return nil }
        return product
    }

    /// The bytes of what stands behind a point; nil when there can be no fraction.
    private static func fraction(_ digits: Substring, of unit: UInt64) -> UInt64? {
        guard !digits.isEmpty else { return 0 }
        guard unit > 1, let part = Double("0.\(digits)") else { return nil }
        return UInt64((part * Double(unit)).rounded())
    }
}
