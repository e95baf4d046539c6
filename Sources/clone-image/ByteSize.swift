// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// A number of bytes with the suffixes that qemu-img knows: k, M, G, T by 1024.
struct ByteSize: ExpressibleByArgument {
    private static let suffixes: [Character: UInt64] = ["k": 10, "m": 20, "g": 30, "t": 40]

    let bytes: UInt64

    init?(argument: String) {
        let shift = argument.last.flatMap { ByteSize.suffixes[Character($0.lowercased())] }
        let digits = shift == nil ? argument[...] : argument.dropLast()
        guard digits.allSatisfy(\.isNumber), let number = UInt64(digits) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}
