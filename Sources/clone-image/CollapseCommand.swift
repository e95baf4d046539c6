// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// `clone-image collapse`: arguments in, a collapse, a report out.
struct CollapseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collapse",
        abstract: "Writes what a layer of a chain reads as into one image that stands alone.",
        discussion: """
            SOURCE is any layer of a qcow2 chain, or a raw image; its own state is what is \
            collapsed, with everything below it. The sources are opened for reading only. TARGET \
            gets its name when it is complete and on stable storage; until then, and when \
            anything fails, nothing has that name.

            Examples:
              clone-image collapse top.qcow2 flat.raw
              clone-image collapse top.qcow2 flat.qcow2 --compress zstd
              clone-image collapse disk.qcow2 before.raw --snapshot before-upgrade
              clone-image collapse top.qcow2 merged.qcow2 --base base.qcow2
              clone-image collapse top.qcow2 /dev/vg/clone --format raw --force
              clone-image collapse top.qcow2 flat.qcow2 --progress json --json > report.json

            Options of --option, as of qemu-img: compat=0.10|1.1, refcount_bits=N, \
            lazy_refcounts=on|off, extended_l2=on|off, compression_type=zlib|zstd, \
            cluster_size=SIZE, preallocation=off|metadata|falloc|full.
            """
    )

    @Argument(help: "The layer to collapse.", completion: .file())
    var source: String

    @Argument(help: "The image to make, or a block device to write to.", completion: .file())
    var target: String

    @Option(
        help: "The target's format: raw or qcow2. Otherwise by the target's extension, else qcow2."
    )
    var format: ImageFormat?

    @Option(help: "The source's format. Say raw for a raw disk whose guest is not trusted.")
    var sourceFormat: ImageFormat?

    @Option(help: "Collapse this internal snapshot, by its id or name.")
    var snapshot: String?

    @Option(help: "Keep this layer as the target's backing file; collapse what is above it.")
    var base: String?

    @Option(
        defaultAsFlag: CompressionChoice.zlib,
        help: "Compress the clusters of a qcow2 target: zlib or zstd."
    )
    var compress: CompressionChoice?

    @Option(help: "The cluster size of a qcow2 target: 512 to 2M.")
    var clusterSize: ByteSize?

    @Option(help: "Space to take for zeros: off, falloc, full or, for qcow2, metadata.")
    var preallocation: Preallocation?

    @Option(
        name: [.short, .customLong("option")],
        help: "Another creation option of a qcow2 target, as key=value; may be given again."
    )
    var options: [String] = []

    @Option(help: "The number of threads; one a processor if not given.")
    var threads: Int?

    @Option(
        help: """
            writeback: the target is on stable storage before it gets its name. unsafe: it is left \
            to the system to write it, as qemu-img convert does.
            """
    )
    var cache: CollapseOptions.Durability = .flushed

    @Option(help: "auto: a bar on a terminal. json: a line for programs now and then.")
    var progress: ProgressStyle = .auto

    @Option(help: "The descriptor that progress goes to.")
    var progressDescriptor: Int32 = 2

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Flag(help: "Replace the target if it exists. Needed for block devices.")
    var force = false

    @Flag(help: "Read what is damaged or missing as zeros, and say how much was lost.")
    var salvage = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is a number from 1 to 1024.")
        }
        _ = try targetFormat()
    }

    func run() async throws {
        let job = try collapse().start()
        let signals = StopSignals { job.cancel() }
        let style = quiet && progress == .auto ? .none : progress
        let renderer = ProgressRenderer(style, descriptor: progressDescriptor)
        for await value in job.progress { renderer.show(value) }
        renderer.finish()
        do throws(CollapseError) {
            let report = try await job.report()
            try show(report)
        } catch {
            if json { Output.print(ErrorDocument(error).text) }
            Output.complain(error.message)
            throw ExitCode(error.exitCode(stoppedBy: signals.received))
        }
    }

    /// The work that the arguments describe.
    func collapse() throws -> Collapse {
        var options = CollapseOptions()
        if let threads { options.threads = threads }
        options.salvage = salvage
        options.durability = cache
        return Collapse(
            source: CollapseSource(
                path: source,
                format: sourceFormat,
                snapshot: snapshot,
                base: base
            ),
            target: CollapseTarget(
                path: target,
                format: try targetFormat(),
                replacesExisting: force
            ),
            options: options
        )
    }

    private func targetFormat() throws -> CollapseTarget.Format {
        let format = format ?? ImageFormat(extensionOf: target)
        guard format == .raw else { return try qcow2Format() }
        guard compress == nil, clusterSize == nil, options.isEmpty else {
            throw ValidationError(
                "--compress, --cluster-size and --option are for qcow2 targets; "
                    + "\(target) is raw (say --format qcow2?)"
            )
        }
        return .raw(preallocation: preallocation ?? .off)
    }

    private func qcow2Format() throws -> CollapseTarget.Format {
        var parser = CreationOptionParser()
        for option in options { try parser.parse(option) }
        if let clusterSize { parser.creation.clusterBytes = clusterSize.bytes }
        if let preallocation { parser.format.preallocation = preallocation }
        if let compress {
            parser.format.compresses = true
            parser.creation.compressionType = compress.type
        }
        return .qcow2(parser.creation, parser.format)
    }

    private func show(_ report: CollapseReport) throws(CollapseError) {
        for warning in report.warnings where !quiet { Output.complain("warning: \(warning)") }
        if json {
            Output.print(ReportDocument(report, target: target).text)
        } else if !quiet {
            Output.print(ReportText(report, target: target).text)
        }
    }
}
