// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The programs `qemu-img` and `qemu-io`, always told the format of an image, never guessing it.
public enum QemuImg {
    /// Creates an image; with `backing` the backing file itself is not opened, so give a size.
    public static func create(
        _ path: String,
        format: String = "qcow2",
        size: Int,
        options: [String] = [],
        backing: String? = nil,
        backingFormat: String = "qcow2"
    ) throws {
        let reference = backing.map { ["-u", "-b", $0, "-F", backingFormat] } ?? []
        try run(["create", "-q", "-f", format] + list(options) + reference + [path, "\(size)"])
    }

    /// Converts an image with all its backing layers, or an internal snapshot of it, to a new one.
    public static func convert(
        _ source: String,
        from sourceFormat: String = "qcow2",
        to target: String,
        format: String = "raw",
        snapshot: String? = nil,
        compressed: Bool = false,
        options: [String] = []
    ) throws {
        let state = snapshot.map { ["-l", $0] } ?? []
        let flags = state + (compressed ? ["-c"] : []) + list(options)
        try run(["convert", "-q", "-f", sourceFormat, "-O", format] + flags + [source, target])
    }

    /// Throws with qemu's words unless both images have the same size and content.
    public static func compare(
        _ first: String,
        format firstFormat: String,
        _ second: String,
        format secondFormat: String
    ) throws {
        let words = ["compare", "-f", firstFormat, "-F", secondFormat, first, second]
        let output = try run(words)
        guard !(output.text + output.standardError).contains("Image size mismatch") else {
            throw CommandError.failed(["qemu-img"] + words, output)
        }
    }

    /// Throws unless the image has no errors and no leaked clusters.
    public static func check(_ path: String, format: String = "qcow2") throws {
        let words = ["check", "--output=json", "-f", format, path]
        let output = try run(words)
        let report = try JSONDecoder().decode(CheckReport.self, from: output.standardOutput)
        guard report.isClean else { throw CommandError.failed(["qemu-img"] + words, output) }
    }

    /// What each part of the image is and in which layer it lies.
    public static func map(_ path: String, format: String = "qcow2") throws -> [MapEntry] {
        let output = try run(["map", "--output=json", "-f", format, path])
        return try JSONDecoder().decode([MapEntry].self, from: output.standardOutput)
    }

    /// Takes an internal snapshot.
    public static func snapshot(_ name: String, of path: String) throws {
        try run(["snapshot", "-q", "-c", name, path])
    }

    /// Runs `qemu-io` commands on an image, which may discard; nothing is synced to the disk.
    @discardableResult public static func io(
        _ path: String,
        _ commands: [String],
        format: String = "qcow2",
        in directory: String? = nil
    ) throws -> String {
        try io(["-f", format], commands, path, in: directory)
    }

    /// Runs `qemu-io` commands on the image that `imageOptions` (`driver=…,file.filename=…`) name.
    @discardableResult public static func io(
        imageOptions: String,
        _ commands: [String]
    ) throws -> String {
        try io(["--image-opts"], commands, imageOptions, in: nil)
    }

    private static func io(
        _ flags: [String],
        _ commands: [String],
        _ image: String,
        in directory: String?
    ) throws -> String {
        let words = flags + ["-t", "unsafe", "-d", "unmap"] + commands.flatMap { ["-c", $0] }
        let deadline = Date(timeIntervalSinceNow: patienceSeconds)
        while true {
            let output = try Command.run("qemu-io", words + [image], in: directory)
            if output.status == 0 { return output.text }
            // A process that another test has started keeps our locks until it is another program.
            guard output.standardError.contains(" lock"), Date() < deadline else {
                throw CommandError.failed(["qemu-io"] + words + [image], output)
            }
            usleep(50_000)
        }
    }

    private static let patienceSeconds: Double = 10

    @discardableResult private static func run(_ words: [String]) throws -> Command.Output {
        try Command.runSuccessfully("qemu-img", words)
    }

    private static func list(_ options: [String]) -> [String] {
        options.isEmpty ? [] : ["-o", options.joined(separator: ",")]
    }
}
