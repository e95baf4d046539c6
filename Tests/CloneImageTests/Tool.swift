// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The built `clone-image`, run as its users run it.
enum Tool {
    static func path() throws -> String { try Command.built("clone-image") }

    /// The tool under the name `qemu-img`, by a link in a directory.
    static func qemuImage(in directory: TemporaryDirectory) throws -> String {
        let link = directory.path("qemu-img")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path())
        return link
    }

    /// Runs the tool, whatever its exit status.
    static func run(_ arguments: String..., in directory: String? = nil) throws -> Command.Output {
        try run(arguments, in: directory)
    }

    /// Runs the tool, whatever its exit status.
    static func run(_ arguments: [String], in directory: String? = nil) throws -> Command.Output {
        try Command.run(path(), arguments, in: directory)
    }

    /// Runs `clone-image collapse`, whatever its exit status.
    static func collapse(_ arguments: String..., in directory: String? = nil) throws
        -> Command.Output
    {
        try collapse(arguments, in: directory)
    }

    /// Runs `clone-image collapse`, whatever its exit status.
    static func collapse(_ arguments: [String], in directory: String? = nil) throws
        -> Command.Output
    {
        try Command.run(path(), ["collapse"] + arguments, in: directory)
    }

    /// Runs a script, in which `$0` is the tool and `$1` and so on are the arguments.
    static func shell(
        _ script: String,
        _ arguments: String...,
        in directory: String? = nil
    ) throws -> Command.Output {
        try Command.run("bash", ["-c", script, path()] + arguments, in: directory)
    }
}

extension Command.Output {
    /// Whether the tool ended well and had nothing to complain about.
    var isSuccess: Bool { status == 0 && standardError.isEmpty }

    /// Standard output as one JSON value.
    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: standardOutput)
    }
}

/// What `stat` says about a file.
struct FileFacts: Equatable {
    let byteCount: UInt64
    let allocatedBytes: UInt64
    /// Inode and times, which no write leaves as they are.
    let identity: String

    init(_ path: String) throws {
        let line = try Command.runSuccessfully("stat", ["--format=%s %b %i/%.Y/%.Z", path]).text
        let words = line.split { $0 == " " || $0 == "\n" }
        byteCount = UInt64(words[0]) ?? 0
        allocatedBytes = (UInt64(words[1]) ?? 0) * 512
        identity = String(words[2])
    }

    /// The allocation is left out: a file system settles it some time after the last write.
    static func == (left: FileFacts, right: FileFacts) -> Bool {
        (left.byteCount, left.identity) == (right.byteCount, right.identity)
    }
}

/// What `qemu-img info` says about an image.
struct ImageFacts: Decodable {
    struct Specific: Decodable {
        struct Data: Decodable {
            let compat: String?
            let compressionType: String?
            let lazyRefcounts: Bool?
            let refcountBits: Int?
            let extendedL2: Bool?

            enum CodingKeys: String, CodingKey {
                case compat
                case compressionType = "compression-type"
                case lazyRefcounts = "lazy-refcounts"
                case refcountBits = "refcount-bits"
                case extendedL2 = "extended-l2"
            }
        }
        let data: Data
    }

    let format: String
    let virtualSize: UInt64
    let clusterSize: UInt64?
    let backingFilename: String?
    let backingFormat: String?
    private let specific: Specific?

    /// What only a qcow2 image has.
    var qcow2: Specific.Data? { specific?.data }

    enum CodingKeys: String, CodingKey {
        case format
        case virtualSize = "virtual-size"
        case clusterSize = "cluster-size"
        case backingFilename = "backing-filename"
        case backingFormat = "backing-filename-format"
        case specific = "format-specific"
    }

    init(_ path: String) throws {
        let output = try Command.runSuccessfully("qemu-img", ["info", "--output=json", path])
        self = try output.decoded(as: ImageFacts.self)
    }
}
