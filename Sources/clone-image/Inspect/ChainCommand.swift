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
            ON DISK is what the layer's files occupy. \
            Where a layer cannot be opened, those above it are shown before the error.

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
            survey = try ChainSurvey(
                of: source.path,
                format: source.format,
                keepsOpenLayers: true
            )
        } catch { throw fail(error) }
        guard let failure = survey.failure else {
            return try Output.write(
                (json ? ChainDocument(survey).text : ChainText(survey).text) + "\n"
            )
        }
        if !json { try Output.write(ChainText(survey).text + "\n") }
        throw fail(failure, survey.layers.map(ChainDocument.Layer.init))
    }

    /// Tells why the chain, or what is below the layers, cannot be shown.
    private func fail(
        _ error: CollapseError,
        _ layers: [ChainDocument.Layer]? = nil
    ) -> ExitCode {
        if json {
            let message = error.message
            Output.print(ErrorDocument(code: error.code, message: message, layers: layers).text)
        }
        Output.complain(error.message)
        return ExitCode(error.exitCode(stoppedBy: nil))
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
        layers = survey.layers.map(Layer.init)
        collapse = Collapse(
            readBytes: survey.readBytes,
            writtenBytes: survey.writtenBytes,
            savedBytes: survey.savedBytes
        )
        warnings = survey.warnings
    }
}

extension ChainDocument.Layer {
    fileprivate init(_ layer: ChainSurvey.Layer) {
        path = layer.path
        format = layer.format.rawValue
        diskBytes = layer.diskBytes
        fileBytes = layer.fileBytes
        dataBytes = layer.dataBytes
        visibleBytes = layer.visibleBytes
        snapshots = layer.snapshots
        backingName = layer.backingName
        isLive = layer.isLive
    }
}
