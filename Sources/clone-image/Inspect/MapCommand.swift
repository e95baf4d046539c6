// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Terminal

/// `clone-image map`: where the data of a disk lies, as `qemu-img map` tells it.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Tells where the data of a disk lies, as qemu-img map does.",
        discussion: """
            --provenance and --svg are not qemu-img's. docs/provenance.md tells what the lines of \
            --provenance mean.

            Examples:
              clone-image map --output json top.qcow2
              clone-image map --provenance top.qcow2
              clone-image map --svg chain.svg top.qcow2
            """
    )

    @OptionGroup var image: ImageArgument
    @OptionGroup var options: InspectOptions

    @Option(
        name: [.customShort("s", allowingJoined: true), .long],
        help: ArgumentHelp("Begin at this byte of the disk.", valueName: "size")
    )
    var startOffset: ByteSize?

    @Option(
        name: [.customShort("l", allowingJoined: true), .long],
        help: ArgumentHelp("Tell of so many bytes.", valueName: "size")
    )
    var maxLength: ByteSize?

    @Flag(
        help: """
            Print lines of JSON instead: one that names the layers, then one for each run of bytes that \
            come from one place.
            """
    )
    var provenance = false

    @Option(
        help: ArgumentHelp(
            "Draw instead which layer the data lies in, and what of it is seen from the top. An older "
                + "drawing is replaced, no other file. -: standard output.",
            valueName: "file"
        ),
        completion: .file()
    )
    var svg: String?

    func validate() throws {
        for (option, size) in [("--start-offset", startOffset), ("--max-length", maxLength)] {
            guard (size?.bytes ?? 0) <= UInt64(Int64.max) else {
                throw ValidationError("\(option) is between 0 and \(Int64.max)")
            }
        }
        guard !provenance || svg == nil else {
            throw ValidationError("--provenance and --svg are two ways to tell; say one of them")
        }
        guard svg == nil || (startOffset == nil && maxLength == nil) else {
            throw ValidationError(
                "--svg draws the whole disk, without --start-offset and --max-length"
            )
        }
    }

    func run() throws {
        if let svg { return try draw(to: svg) }
        let start = startOffset?.bytes ?? 0
        let length = maxLength?.bytes ?? .max
        let (sum, overflow) = start.addingReportingOverflow(length)
        let range = start..<(overflow ? .max : sum)
        if provenance { return try tellProvenance(range) }
        var map = try ImageMap(
            of: image.file,
            format: options.format?.value,
            range: range,
            sharesWithWriters: image.forceShare
        )
        switch options.output.value {
        case .human: try tell(&map)
        case .json: try tellJSON(&map, from: start)
        }
    }

    private func draw(to path: String) throws {
        let survey = try ChainSurvey(
            of: image.file,
            format: options.format?.value,
            partCount: ChainPicture.partCount
        )
        let text = ChainPicture(survey, title: image.file).text
        guard path != "-" else { return try Output.write(text) }
        try DrawingFile.write(text, to: path)
    }

    private func tellProvenance(_ range: Range<UInt64>) throws {
        var provenance = try Provenance(
            of: image.file,
            format: options.format?.value,
            range: range,
            sharesWithWriters: image.forceShare
        )
        var writer = TextWriter()
        try writer.endLine(ProvenanceHead(provenance).text)
        do {
            while let run = try provenance.next() { try writer.endLine(ProvenanceLine(run).text) }
        } catch {
            try writer.flush()
            throw error
        }
        try writer.flush()
    }

    private func tell(_ map: inout ImageMap) throws {
        var writer = TextWriter()
        writer.append("Offset          Length          Mapped to       File\n")
        do {
            while let entry = try map.next() {
                guard entry.isData, !entry.isZero else { continue }
                guard let offset = entry.offset else { throw NoPlainData() }
                for number in [entry.start, entry.length, offset] {
                    let text = number == 0 ? "0" : "0x" + String(number, radix: 16)
                    writer.append(text)
                    writer.append(String(repeating: " ", count: max(0, 16 - text.utf8.count)))
                }
                try writer.endLine(map.dataPaths[entry.depth])
            }
        } catch {
            try writer.flush()
            throw error
        }
        try writer.flush()
    }

    private func tellJSON(_ map: inout ImageMap, from start: UInt64) throws {
        var writer = TextWriter()
        writer.append("[")
        do {
            writer.append(try map.next() ?? MapEntry(emptyAt: start))
            while let entry = try map.next() {
                try writer.endLine(",")
                writer.append(entry)
            }
        } catch {
            try writer.flush()
            throw error
        }
        try writer.endLine("]")
        try writer.flush()
    }
}

/// The table for people has no way to tell of data that is not there as it is read.
private struct NoPlainData: Error, CustomStringConvertible {
    let description = "the image has compressed clusters, of which only --output json can tell"
}

extension TextWriter {
    /// An entry as `qemu-img` writes it.
    fileprivate mutating func append(_ entry: MapEntry) {
        append("{ \"start\": ")
        append(String(entry.start))
        append(", \"length\": ")
        append(String(entry.length))
        append(", \"depth\": ")
        append(String(entry.depth))
        append(entry.isPresent ? ", \"present\": true" : ", \"present\": false")
        append(entry.isZero ? ", \"zero\": true" : ", \"zero\": false")
        append(entry.isData ? ", \"data\": true" : ", \"data\": false")
        if let offset = entry.offset {
            append(", \"offset\": ")
            append(String(offset))
        }
        append("}")
    }
}
