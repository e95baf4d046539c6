// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers in searches.
enum SearchSize {
    private static let units = ["B", "K", "M", "G", "T"]

    /// A number of bytes such as `10GB`, or one that counts things; nil when it is none or too large.
    ///
    /// Each unit is 1024 of the one before it; `unitBytes` is what a number without a unit counts, nil
    /// where units make no sense.
    static func number(_ text: String, unitBytes: UInt64?) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        guard let unitBytes else { return digits.count == text.count && count < .max ? count : nil }
        let suffix = text.dropFirst(digits.count).uppercased()
        guard let unit = suffix.isEmpty ? Int64(unitBytes) : bytes(suffix) else { return nil }
        let (product, isTooMuch) = count.multipliedReportingOverflow(by: unit)
        return isTooMuch || product == .max ? nil : product
    }

    /// What `G`, `GB` and `GiB` mean.
    private static func bytes(_ suffix: String) -> Int64? {
        let letter = units.firstIndex { unit in
            [unit, "\(unit)B", "\(unit)IB"].contains(suffix)
        }
        return letter.map { 1 << (10 * $0) }
    }
}
