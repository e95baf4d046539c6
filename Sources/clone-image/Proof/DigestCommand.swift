// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image digest`: one line that tells what a disk reads as.
struct DigestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digest",
        abstract: "Computes a digest of what a guest reads from an image.",
        discussion: """
            SOURCE is the top of a qcow2 chain, any layer inside one, or a raw image. \
            The digest depends on the disk's size and content alone: not on the format, \
            the layers, compression or the number of threads. \
            Nothing is read for what the images know to be zeros.

            The digest is a tree of SHA-256 hashes, not what sha256sum computes. \
            docs/digest.md tells how others can compute it.

            Examples:
              clone-image digest top.qcow2
              clone-image digest disk.qcow2 --snapshot before-upgrade --json
            """
    )

    @Argument(help: "The image to digest.", completion: .file())
    var source: String

    @OptionGroup(title: "Source options")
    var sourceOptions: SourceOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    @OptionGroup var threadOptions: ThreadOptions

    func run() async throws {
        var digest = Digest(of: sourceOptions.source(source))
        if let threads = threadOptions.threads { digest.threads = threads }
        digest.salvage = sourceOptions.salvage
        let display = outputOptions.progressDisplay
        do throws(CollapseError) {
            let report = try await digest.run { display.show($0) }
            display.complete()
            show(report)
        } catch {
            display.erase()
            throw outputOptions.complain(of: error)
        }
    }

    private func show(_ report: DigestReport) {
        outputOptions.complain(
            of: report.warnings,
            lostBytes: report.lostBytes,
            becoming: "digested as zeros"
        )
        Output.print(
            outputOptions.json
                ? DigestDocument(report, source: source).text : "\(report.digest)  \(source)"
        )
    }
}

/// The digest of an image, for programs.
struct DigestDocument: Document {
    let status = "done"
    let source: String
    let digest: String
    let diskBytes: UInt64
    let dataBytes: UInt64
    let readBytes: UInt64
    let lostBytes: UInt64
    let warnings: [String]
    let threads: Int
    let seconds: Double
}

extension DigestDocument {
    init(_ report: DigestReport, source: String) {
        self.source = source
        digest = report.digest.description
        diskBytes = report.diskBytes
        dataBytes = report.dataBytes
        readBytes = report.readBytes
        lostBytes = report.lostBytes
        warnings = report.warnings
        threads = report.threads
        seconds = microseconds(report.seconds)
    }
}
