// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The name of a series: what is measured, and of what.
struct MetricName: Hashable, Comparable {
    let family: String
    /// `{route="…",method="…"}`, or nothing.
    let labels: String

    init(_ label: String, _ dimensions: [(String, String)], suffix: String) {
        family = MetricName.word(label) + suffix
        let pairs = dimensions.map { "\(MetricName.word($0))=\"\(MetricName.escaped($1))\"" }
        labels = pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    static func < (left: MetricName, right: MetricName) -> Bool {
        (left.family, left.labels) < (right.family, right.labels)
    }

    /// Letters, digits and underscores.
    private static func word(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
