// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image chain`: what a chain is made of, and what a collapse of it would do.
struct ChainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain",
        abstract: "Shows the layers of a chain and what a collapse of it would do.",
        discussion: """
            IMAGE is the top of a chain or any layer inside one. \
            Only tables are read, so that this is quick, and safe beside a running VM.

            HAS is how much of the disk a layer has data for, VISIBLE how much of that is still seen \
            from IMAGE: the rest is hidden by layers above. \
            ON DISK is what the layer's files occupy.

            Examples:
              clone-image chain top.qcow2
              clone-image chain top.qcow2 --json
              clone-image map --svg chain.svg top.qcow2
            """
    )

    @Argument(help: "The image.", completion: .file())
    var image: String

    @Option(
        name: [.customShort("f", allowingJoined: true), .long],
        help: ArgumentHelp(
            "The image's format; else its first bytes tell.",
            valueName: Choice<ImageFormat>.words
        )
    )
    var format: Choice<ImageFormat>?

    @Flag(help: "Print it as a line of JSON. Its sizes are in bytes.")
    var json = false

    func run() throws {
        let survey: ChainSurvey
        do throws(CollapseError) {
            let source = try CollapseSource(named: image, format: format?.value)
            survey = try ChainSurvey(of: source.path, format: source.format)
        } catch {
            if json { Output.print(ErrorDocument(code: error.code, message: error.message).text) }
            Output.complain(error.message)
            throw ExitCode(error.exitCode(stoppedBy: nil))
        }
        try Output.write((json ? ChainDocument(survey).text : ChainText(survey).text) + "\n")
    }
}

/// A chain, for programs.
struct ChainDocument: Document {
    struct Layer: Encodable {
        let path: String
        let format: String
        let diskBytes: UInt64
        let fileBytes: UInt64
        let dataBytes: UInt64
        let visibleBytes: UInt64
        let snapshots: [String]
        let backingName: String?
        let isLive: Bool
    }

    struct Collapse: Encodable {
        let readBytes: UInt64
        let writtenBytes: UInt64
        let savedBytes: UInt64
    }

    let diskBytes: UInt64
    /// The oldest first.
    let layers: [Layer]
    let collapse: Collapse
    let warnings: [String]
}

extension ChainDocument {
    init(_ survey: ChainSurvey) {
        diskBytes = survey.diskBytes
        layers = survey.layers.map { layer in
            Layer(
                path: layer.path,
                format: layer.format.rawValue,
                diskBytes: layer.diskBytes,
                fileBytes: layer.fileBytes,
                dataBytes: layer.dataBytes,
                visibleBytes: layer.visibleBytes,
                snapshots: layer.snapshots,
                backingName: layer.backingName,
                isLive: layer.isLive
            )
        }
        collapse = Collapse(
            readBytes: survey.readBytes,
            writtenBytes: survey.writtenBytes,
            savedBytes: survey.savedBytes
        )
        warnings = survey.warnings
    }
}
