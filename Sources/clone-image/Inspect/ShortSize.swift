// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A number of bytes in three digits, as `qemu-img` writes it: `1.25 GiB`.
struct ShortSize {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]

    let bytes: UInt64

    init(_ bytes: UInt64) { self.bytes = bytes }

    var text: String {
        var unit = 0
        while UInt128(bytes) >= 1000 << UInt128(10 * unit) { unit += 1 }
        return digits(of: UInt128(1) << UInt128(10 * unit)) + " " + ShortSize.units[unit]
    }

    /// The first three digits of the quotient, rounded; ties go to the even one.
    private func digits(of divisor: UInt128) -> String {
        var decimals = 3
        for power: UInt128 in [1, 10, 100] where UInt128(bytes) >= power * divisor { decimals -= 1 }
        let scale = [1, 10, 100, 1000][decimals] as UInt128
        let (quotient, rest) = (UInt128(bytes) * scale).quotientAndRemainder(dividingBy: divisor)
        let isUp = rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 == 1)
        let rounded = quotient + (isUp ? 1 : 0)
        // What C's %g makes of 999.6.
        if decimals == 0, rounded == 1000 { return "1e+03" }
        var fraction = String(String(scale + rounded % scale).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(rounded / scale)" + (fraction.isEmpty ? "" : "." + fraction)
    }
}
