// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// A number of bytes as qemu-img reads it: with the suffixes b, k, M, G, T, P, E by 1024, which may
/// stand after a decimal fraction, or in hexadecimal.
struct ByteSize: ExpressibleByArgument {
    private static let suffixes: [Character: UInt64] = [
        "b": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50, "e": 60,
    ]

    let bytes: UInt64

    init?(argument: String) {
        if argument.lowercased().hasPrefix("0x") {
            let digits = argument.dropFirst(2)
            guard digits.allSatisfy(\.isHexDigit), let number = UInt64(digits, radix: 16) else {
                return nil
            }
            bytes = number
            return
        }
        let shift = argument.last.flatMap { ByteSize.suffixes[Character($0.lowercased())] }
        let digits = shift == nil ? argument[...] : argument.dropLast()
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard digits.allSatisfy({ $0.isNumber || $0 == "." }), let number = UInt64(parts[0]) else {
            return nil
        }
        let unit: UInt64 = 1 << (shift ?? 0)
        guard let fraction = ByteSize.fraction(parts.dropFirst().first, of: unit) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        let (sum, carry) = product.addingReportingOverflow(fraction)
        guard !overflow, !carry else { return nil }
        bytes = sum
    }

    /// The bytes of what stands behind a point; nil when there can be no fraction.
    private static func fraction(_ digits: Substring?, of unit: UInt64) -> UInt64? {
        guard let digits else { return 0 }
        guard unit > 1, let part = Double("0.\(digits)") else { return nil }
        return UInt64((part * Double(unit)).rounded())
    }
}
