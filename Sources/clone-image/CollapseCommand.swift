// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image collapse`: arguments in, a collapse, a report out.
struct CollapseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collapse",
        abstract: "Makes one image of a layer and everything below it.",
        discussion: """
            SOURCE is the top of a qcow2 chain, any layer inside one, or a raw image. \
            TARGET becomes an image that reads the same and needs no other file. \
            Sources are opened for reading only.

            With --in-place there is no TARGET: SOURCE, a qcow2 image that nobody else has open, is \
            given what the layers below it have, and needs them no more. \
            Only what it lacks is copied. \
            Whatever ends the work early, SOURCE is as it was.

            TARGET gets its name in one step, when it is complete and on stable storage. \
            An existing file is left alone without --force. \
            When anything fails, no file is left behind, unless --resume keeps it.

            Examples:
              clone-image collapse top.qcow2 flat.raw
              clone-image collapse top.qcow2 flat.qcow2 --compress zstd
              clone-image collapse disk.qcow2 old.raw --snapshot before-upgrade
              clone-image collapse top.qcow2 merged.qcow2 --base base.qcow2
              clone-image collapse top.qcow2 /dev/vg/lv --format raw --force
              clone-image collapse top.qcow2 flat.raw --resume
              clone-image collapse --in-place top.qcow2
              clone-image collapse top.qcow2 flat.raw --json --progress json

            Creation options for --option:
              compat=0.10|1.1           cluster_size=SIZE
              refcount_bits=1..64       lazy_refcounts=on|off
              extended_l2=on|off        compression_type=zlib|zstd
              compression_window=4k|32k preallocation=off|metadata|falloc|full

            With compression_window=32k zlib makes smaller images, slowly. qemu-img reads them (7.2 and
            later are known to), but the format promises no reader more than 4k.
            SIZE is a number of bytes; k, M, G and T multiply by powers of 1024.
            """
    )

    @Argument(help: "The layer to collapse.", completion: .file())
    var source: String

    @Argument(help: "The image to make, or a block device to write to.", completion: .file())
    var target: String?

    @Flag(help: "Make SOURCE itself stand alone; it must be a qcow2 image.")
    var inPlace = false

    @OptionGroup(title: "Source options")
    var sourceOptions: SourceOptions

    @OptionGroup(title: "Target options")
    var targetOptions: TargetOptions

    @OptionGroup(title: "Output options")
    var outputOptions: OutputOptions

    @OptionGroup var threadOptions: ThreadOptions

    /// What is written.
    private var path: String { target ?? source }

    func validate() throws {
        guard (target == nil) == inPlace else {
            throw ValidationError(
                inPlace
                    ? "--in-place changes <source>, and takes no <target>"
                    : "Missing expected argument '<target>'"
            )
        }
        guard !source.isEmpty, !path.isEmpty else {
            throw ValidationError("<source> and <target> are names of files, and one is empty")
        }
        if inPlace { return try targetOptions.refuseInPlace() }
        guard path != "-" else {
            throw ValidationError(
                "a target is a file or a block device, not standard output "
                    + "(say ./- for a file of that name)"
            )
        }
        guard !path.hasSuffix("/") else {
            throw ValidationError("\(path) names a directory; say which file in it to make")
        }
        _ = try targetOptions.format(of: path)
    }

    func run() async throws {
        let signals = StopSignals()
        let job = try collapse().start()
        signals.callWhenReceived { _ in job.cancel() }
        let display = outputOptions.progressDisplay
        for await value in job.progress { display.show(value) }
        do throws(CollapseError) {
            let report = try await job.report()
            display.complete()
            show(report)
        } catch {
            display.erase()
            throw outputOptions.complain(
                of: error.naming(signals.received, target: path),
                stoppedBy: signals.received
            )
        }
    }

    /// The work that the arguments describe.
    private func collapse() throws -> Collapse {
        var options = CollapseOptions()
        if let threads = threadOptions.threads { options.threads = threads }
        options.salvage = sourceOptions.salvage
        options.durability = targetOptions.cache.value
        options.bytesPerSecond = targetOptions.rateLimit?.bytes
        options.digests = targetOptions.digest
        options.verifies = targetOptions.verify
        options.isDirect = targetOptions.direct
        options.reflink = targetOptions.reflink.value
        options.resumes = targetOptions.resume
        options.checksSpace = !targetOptions.noSpaceCheck
        let chain = sourceOptions.source(source, base: targetOptions.base)
        guard !inPlace else { return Collapse(inPlace: chain, options: options) }
        return Collapse(
            source: chain,
            target: CollapseTarget(
                path: path,
                format: try targetOptions.format(of: path),
                replacesExisting: targetOptions.force
            ),
            options: options
        )
    }

    private func show(_ report: CollapseReport) {
        outputOptions.complain(
            of: report.warnings,
            lostBytes: report.lostBytes,
            becoming: "zeros in \(path)"
        )
        let document = ReportDocument(report, target: path)
        if outputOptions.json {
            Output.print(document.text)
        } else if !outputOptions.quiet {
            Output.print(
                ReportText(report: document, base: targetOptions.base, isInPlace: inPlace).text
            )
        }
    }
}
