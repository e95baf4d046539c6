// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The fields of a form, or of a query, as browsers encode them.
struct FormFields {
    /// The value of each name; the first where there are several.
    let fields: [String: String]

    init(_ text: String) {
        let pairs = text.split(separator: "&").map { field in
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (FormFields.decode(parts[0]), FormFields.decode(parts.count > 1 ? parts[1] : ""))
        }
        fields = Dictionary(pairs) { first, _ in first }
    }

    /// A plus is a space; what is no escape stands for itself.
    private static func decode(_ text: Substring) -> String {
        let spaced = String(text.replacing("+", with: " "))
        return spaced.removingPercentEncoding ?? spaced
    }
}
