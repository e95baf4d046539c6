// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse

/// A report for people.
struct ReportText {
    let text: String

    init(_ report: CollapseReport, target: String) {
        let count = report.layers.count
        let rate = report.seconds > 0 ? Double(report.writtenBytes) / report.seconds : 0
        var lines = [
            "\(target): \(size(report.diskBytes)) disk from \(count) \(count == 1 ? "layer" : "layers")"
                + ", \(size(report.writtenBytes)) written in \(ReportText.time(report.seconds))"
                + " (\(size(UInt64(rate)))/s)",
            "read \(size(report.readBytes)), found \(size(report.zeroBytes)) of zeros, skipped "
                + "\(size(report.skippedBytes)) that no layer has; the file takes "
                + size(report.targetAllocatedBytes),
        ]
        if report.lostBytes > 0 {
            lines.append("LOST: \(report.lostBytes) bytes could not be read and are zeros now")
        }
        text = lines.joined(separator: "\n")
    }

    private static func time(_ seconds: Double) -> String {
        seconds < 10 ? "\((seconds * 100).rounded() / 100) s" : "\(Int(seconds.rounded())) s"
    }
}
