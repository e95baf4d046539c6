// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Terminal

/// A report for people.
struct ReportText {
    let report: ReportDocument
    /// The layer that the target keeps as its backing file.
    let base: String?
    /// The top had its own data already.
    var isInPlace = false

    var text: String {
        """
        \(report.target.path): \(size(report.diskBytes)) disk \(origin) in \(duration(report.seconds))\(rate)
        \(content); \(resumed)\(size(report.readBytes)) read, \(size(report.writtenBytes)) written, \
        \(shared)\(size(report.target.allocatedBytes)) on disk\(digest)
        """
    }

    /// Guest bytes that some layer has, even where they are zeros.
    private var foundBytes: UInt64 { report.diskBytes - report.skippedBytes }

    private var origin: String {
        if let base { return "above \(base)" }
        return report.layers.count == 1 ? "from 1 layer" : "from \(report.layers.count) layers"
    }

    private var shared: String {
        report.sharedBytes == 0 ? "" : "\(size(report.sharedBytes)) shared, "
    }

    private var digest: String {
        guard let digest = report.digest else { return "" }
        return "\n" + digest + (report.verifiedDigest == nil ? "" : ", verified")
    }

    private var resumed: String {
        report.resumedBytes == 0 ? "" : "\(size(report.resumedBytes)) copied before, "
    }

    private var rate: String {
        Terminal.rate(foundBytes, in: report.seconds).map { " (\($0))" } ?? ""
    }

    private var content: String {
        let data = foundBytes - min(foundBytes, report.zeroBytes)
        // Above a base, what was not read is the base's or zeros: nobody looked.
        return base == nil && !isInPlace
            ? "\(size(data)) data, \(size(report.diskBytes - data)) zeros" : "\(size(data)) data"
    }
}
