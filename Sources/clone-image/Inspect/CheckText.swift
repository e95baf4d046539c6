// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import QCow2

/// What a check found, in `qemu-img`'s lines for people and its records for programs.
struct CheckText {
    let report: CheckReport

    init(_ report: CheckReport) { self.report = report }

    /// What was repaired, before it is looked at again.
    var repaired: String {
        """
        The following inconsistencies were found and repaired:

            \(report.leaksFixed) leaked clusters
            \(report.corruptionsFixed) corruptions

        Double checking the fixed image now...

        """
    }

    var text: String {
        var text = findings.isEmpty ? "No errors were found on the image.\n" : findings
        let (allocated, total) = (report.allocatedClusters, report.totalClusters)
        if allocated > 0, total > 0 {
            text +=
                "\(allocated)/\(total) = \(percent(allocated, of: total)) allocated, "
                + "\(percent(report.fragmentedClusters, of: allocated)) fragmented, "
                + "\(percent(report.compressedClusters, of: allocated)) compressed clusters\n"
        }
        return text
            + (report.imageEndOffset > 0 ? "Image end offset: \(report.imageEndOffset)\n" : "")
    }

    private var findings: String {
        var text = ""
        if report.corruptions > 0 {
            text += """

                \(report.corruptions) errors were found on the image.
                Data may be corrupted, or further writes to the image may corrupt it.

                """
        }
        if report.leaks > 0 {
            text += """

                \(report.leaks) leaked clusters were found on the image.
                This means waste of disk space, but no harm to data.

                """
        }
        if report.checkErrors > 0 {
            text += """

                \(report.checkErrors) internal errors have occurred during the check.

                """
        }
        return text
    }

    /// A share in hundredths of a per cent, rounded as C rounds the nearest double.
    private func percent(_ part: UInt64, of whole: UInt64) -> String {
        let value = Double(part) * 100 / Double(whole)
        guard value > 0 else { return "0.00%" }
        let shift = UInt128(max(0, 52 - Int(value.exponent)))
        let scaled = UInt128(value.significandBitPattern | 1 << 52) * 100
        let (quotient, rest) = (scaled >> shift, scaled & ((1 << shift) - 1))
        let half: UInt128 = (1 << shift) >> 1
        let isUp = rest > half || (rest == half && shift > 0 && quotient % 2 == 1)
        let hundredths = quotient + (isUp ? 1 : 0)
        let digits = String(100 + hundredths % 100).dropFirst()
        return "\(hundredths / 100).\(digits)%"
    }

    func record(_ path: String, _ format: ImageFormat) -> OutputValue {
        .record([
            ("image-end-offset", number(report.imageEndOffset)),
            ("compressed-clusters", number(report.compressedClusters)),
            ("total-clusters", number(report.totalClusters)),
            ("corruptions", number(report.corruptions)),
            ("corruptions-fixed", number(report.corruptionsFixed)),
            ("check-errors", .number(report.checkErrors)),
            ("leaks", number(report.leaks)),
            ("leaks-fixed", number(report.leaksFixed)),
            ("allocated-clusters", number(report.allocatedClusters)),
            ("filename", .text(path)),
            ("format", .text(format.rawValue)),
            ("fragmented-clusters", number(report.fragmentedClusters)),
        ])
    }

    private func number(_ count: UInt64) -> OutputValue? { count == 0 ? nil : .number(count) }
}
