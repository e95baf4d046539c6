// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import FoundationEssentials

/// Something that programs read as one line of JSON; its fields are a promise.
///
/// Names say what they count in: all sizes are in bytes and end so.
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
struct ReportDocument: Document {
    struct Target: Encodable {
        let path: String
        let fileBytes: UInt64
        let allocatedBytes: UInt64
    }

    struct Layer: Encodable {
        let path: String
        let format: String
        let readBytes: UInt64
        let guestBytes: UInt64
        let lostBytes: UInt64
    }

    let status = "done"
    let target: Target
    let layers: [Layer]
    let diskBytes: UInt64
    let readBytes: UInt64
    let writtenBytes: UInt64
    let sharedBytes: UInt64
    let zeroBytes: UInt64
    let skippedBytes: UInt64
    let lostBytes: UInt64
    let digest: String?
    let verifiedDigest: String?
    let resumedBytes: UInt64
    let warnings: [String]
    let threads: Int
    let seconds: Double
}

extension ReportDocument {
    init(_ report: CollapseReport, target: String) {
        self.target = Target(
            path: target,
            fileBytes: report.targetBytes,
            allocatedBytes: report.targetAllocatedBytes
        )
        layers = report.layers.map { layer in
            Layer(
                path: layer.path,
                format: layer.format.rawValue,
                readBytes: layer.tally.readBytes,
                guestBytes: layer.tally.guestBytes,
                lostBytes: layer.tally.lostBytes
            )
        }
        diskBytes = report.diskBytes
        readBytes = report.readBytes
        writtenBytes = report.writtenBytes
        sharedBytes = report.sharedBytes
        zeroBytes = report.zeroBytes
        skippedBytes = report.skippedBytes
        lostBytes = report.lostBytes
        digest = report.digest?.description
        verifiedDigest = report.verifiedDigest?.description
        resumedBytes = report.resumedBytes
        warnings = report.warnings
        threads = report.threads
        seconds = microseconds(report.seconds)
    }
}

/// Why a collapse did not succeed.
struct ErrorDocument: Document {
    let status = "failed"
    let code: String
    let message: String
    /// What could be told of a chain nevertheless, the oldest first.
    let layers: [ChainDocument.Layer]?

    init(code: CollapseError.Code, message: String, layers: [ChainDocument.Layer]? = nil) {
        self.code = code.rawValue
        self.message = message
        self.layers = layers
    }
}

/// How far a collapse is.
struct ProgressDocument: Document {
    let copiedBytes: UInt64
    let totalBytes: UInt64
    let totalIsExact: Bool
    let seconds: Double

    /// How much is done, from 0 to 1.
    var fraction: Double {
        totalBytes == 0 ? (totalIsExact ? 1 : 0) : min(1, Double(copiedBytes) / Double(totalBytes))
    }
}

extension ProgressDocument {
    init(_ progress: CollapseProgress) {
        copiedBytes = progress.copiedBytes
        totalBytes = progress.totalBytes
        totalIsExact = progress.totalIsExact
        seconds = microseconds(progress.seconds)
    }
}

/// A time without digits that nobody has measured.
func microseconds(_ seconds: Double) -> Double { (seconds * 1e6).rounded() / 1e6 }
