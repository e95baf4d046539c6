// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image convert`: a collapse with `qemu-img convert`'s arguments.
struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Makes one image of a chain, as qemu-img convert does.",
        discussion: """
            The last file is the target; the disks of all others follow each other in it. \
            A file that has its name is replaced in one step, when the new one is complete.

            Examples:
              clone-image convert -O qcow2 -c top.qcow2 flat.qcow2
              clone-image convert -p -O raw -n -t none -T none top.qcow2 /dev/vg/lv
            """
    )

    @Argument(help: "The sources, and the target.", completion: .file())
    var files: [String] = []

    @OptionGroup(title: "Source options")
    var sourceOptions: ConvertSourceOptions

    @OptionGroup(title: "Target options")
    var targetOptions: ConvertTargetOptions

    @Flag(name: .shortAndLong, help: "Show progress on standard output.")
    var progress = false

    @Flag(name: .shortAndLong, help: "Print nothing but errors.")
    var quiet = false

    @Option(
        name: .customShort("r", allowingJoined: true),
        help: ArgumentHelp("Write at most so many bytes of data a second.", valueName: "size")
    )
    var rateLimit: ByteSize?

    @Option(
        name: .customShort("m", allowingJoined: true),
        help: ArgumentHelp(
            "1 to 16: accepted; there is a thread for each processor.",
            valueName: "n"
        )
    )
    var coroutines = 8

    @Flag(name: .customShort("W"), help: "Accepted; the order of writes never matters.")
    var outOfOrder = false

    @Flag(name: .customShort("C"), help: "Accepted; blocks are shared wherever they can be.")
    var offload = false

    func validate() throws {
        guard (1...16).contains(coroutines) else {
            throw ValidationError(
                "Invalid number of coroutines. Allowed number of coroutines is between 1 and 16"
            )
        }
        let obstacles = [
            ("when -c is used", targetOptions.compress),
            ("when -S is used", targetOptions.sparseSize != nil),
            ("in salvaging mode", sourceOptions.salvage),
        ]
        if offload, let (reason, _) = obstacles.first(where: \.1) {
            throw ValidationError("Cannot enable copy offloading \(reason)")
        }
    }

    func run() async throws {
        guard try !targetOptions.list().asksForHelp else {
            return try Output.write(QemuCreation.help(for: targetOptions.format.value))
        }
        guard files.count > 1, let target = files.last else {
            throw ValidationError("Must specify image file name")
        }
        let report = try await PercentProgress.run(
            collapse(files.dropLast(), target),
            isShown: progress && !quiet
        )
        tell(report)
    }

    /// The work that the arguments describe.
    private func collapse(_ sources: ArraySlice<String>, _ target: String) throws -> Collapse {
        let source = try sourceOptions.source(sources)
        let cache = targetOptions.cache.value
        var options = CollapseOptions()
        options.salvage = sourceOptions.salvage
        options.durability = cache == .unflushed ? .unflushed : .flushed
        options.isDirect = cache.passesPageCache
        options.bytesPerSecond = rateLimit.flatMap { $0.bytes == 0 ? nil : $0.bytes }
        if let bytes = targetOptions.sparseSize?.bytes, bytes > 0 { options.holeBytes = Int(bytes) }
        return Collapse(
            source: source,
            target: try targetOptions.target(target, for: source),
            options: options
        )
    }

    private func tell(_ report: CollapseReport) {
        if !quiet {
            for warning in report.warnings { Output.complain("warning: \(warning)") }
        }
        if report.lostBytes > 0 {
            Output.complain(
                "warning: \(report.lostBytes) bytes could not be read and are zeros in the target"
            )
        }
    }
}

extension CacheMode {
    var passesPageCache: Bool { [.none, .off, .directsync].contains(self) }
}
