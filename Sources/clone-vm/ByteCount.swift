// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// A number of bytes as people give it, with one of the suffixes k, M, G and T by 1024.
struct ByteCount: ExpressibleByArgument {
    private static let units: [Character: Double] = [
        "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40,
    ]

    let bytes: UInt64

    init?(argument: String) {
        let unit = argument.lowercased().last.flatMap { ByteCount.units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard digits.allSatisfy({ "0123456789.".contains($0) }), let number = Double(digits) else {
            return nil
        }
        let product = number * (unit ?? 1)
        guard product < 0x1p62 else { return nil }
        bytes = UInt64(product.rounded())
    }
}
