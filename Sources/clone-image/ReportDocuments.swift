// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import FoundationEssentials

/// Something that programs read as one line of JSON; its fields are a promise.
protocol Document: Encodable {}

extension Document {
    /// The line, with its fields in alphabetical order.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

/// The report of a collapse that succeeded.
///
/// All sizes are in bytes.
struct ReportDocument: Document {
    struct Layer: Encodable {
        let file: String
        let format: String
        let read: UInt64
        let used: UInt64
        let lost: UInt64
    }

    let status = "done"
    let target: String
    let virtualSize: UInt64
    let layers: [Layer]
    let read: UInt64
    let written: UInt64
    let zero: UInt64
    let skipped: UInt64
    let lost: UInt64
    let fileSize: UInt64
    let allocatedSize: UInt64
    let warnings: [String]
    let threads: Int
    let seconds: Double

    init(_ report: CollapseReport, target: String) {
        self.target = target
        virtualSize = report.diskBytes
        layers = report.layers.map {
            Layer(
                file: $0.path,
                format: $0.format.rawValue,
                read: $0.tally.readBytes,
                used: $0.tally.guestBytes,
                lost: $0.tally.lostBytes
            )
        }
        read = report.readBytes
        written = report.writtenBytes
        zero = report.zeroBytes
        skipped = report.skippedBytes
        lost = report.lostBytes
        fileSize = report.targetBytes
        allocatedSize = report.targetAllocatedBytes
        warnings = report.warnings
        threads = report.threads
        seconds = report.seconds
    }
}

/// Why a collapse did not succeed.
struct ErrorDocument: Document {
    let status = "failed"
    let code: String
    let message: String

    init(_ error: CollapseError) {
        code = error.code.rawValue
        message = error.message
    }
}

/// How far a collapse is.
struct ProgressDocument: Document {
    let copied: UInt64
    let total: UInt64
    let exact: Bool
    let seconds: Double

    init(_ progress: CollapseProgress) {
        copied = progress.copiedBytes
        total = progress.totalBytes
        exact = progress.totalIsExact
        seconds = progress.seconds
    }
}
