// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Where a target goes")
struct TargetPlaceTests {
    private let ours: TemporaryDirectory
    private let theirs: TemporaryDirectory

    init() throws {
        (ours, theirs) = (try TemporaryDirectory(), try TemporaryDirectory())
        for directory in [ours, theirs] {
            try Self.odd(byteCount: 3_000_001).write(to: URL(fileURLWithPath: directory.path("a")))
            try Command.runSuccessfully("mkdir", [directory.path("folder")])
            for (name, link) in [
                ("folder/new", "link"), ("link", "chained"), ("../other/link/x", "astray"),
                ("\(directory.path)/folder/full", "absolute"), ("circle", "circle"),
                ("new/", "slash"),
            ] { try Command.runSuccessfully("ln", ["-s", name, directory.path(link)]) }
        }
    }

    /// Bytes of which none is zero.
    private static func odd(byteCount: Int) -> Data {
        Data((0..<byteCount).map { UInt8($0 % 251 + 1) })
    }

    /// The names and the kinds of all that is in a directory, and the sums of its files.
    private func content(of directory: TemporaryDirectory) throws -> String {
        let script =
            "find . -printf '%P %y %m %l\\n' | sort; find . -type f | sort | xargs sha256sum"
        let text = try Command.runSuccessfully("sh", ["-c", script], in: directory.path).text
        return text.replacing(directory.path, with: "")
    }

    /// Runs one command line of both programs, each in a directory of its own.
    private func expectAlike(_ words: [String]) throws {
        let expected = try Command.run("qemu-img", words, in: theirs.path)
        let own = try Command.run(Tool.path(), words, in: ours.path)
        #expect(own.status == expected.status, "\(words): \(own.standardError)")
        #expect(try content(of: ours) == content(of: theirs), "\(words)")
    }

    @Test(
        "a link to nothing is the place where the target is made",
        arguments: ["link", "chained", "absolute", "astray", "circle", "slash"],
        [
            "create -f raw NAME 1M", "create -f raw -o preallocation=full NAME 1M",
            "convert -O raw a NAME",
        ]
    )
    func links(name: String, line: String) throws {
        let words = line.replacing("NAME", with: name).split(separator: " ").map(String.init)
        try expectAlike(words)
        try expectAlike(words)
    }

    @Test("collapse makes what a link to nothing names, and leaves what a link to something names")
    func collapsed() throws {
        let words = ["collapse", "--source-format", "raw", "a", "chained", "--format", "raw"]
        #expect(try Tool.run(words, in: ours.path).isSuccess)
        let padded = Self.odd(byteCount: 3_000_001) + Data(count: 319)
        let place = URL(fileURLWithPath: ours.path("folder/new"))
        #expect(try Data(contentsOf: place) == padded)
        let again = try Tool.run(words, in: ours.path)
        #expect(again.status == 3 && again.standardError.contains("chained: the target exists"))
        #expect(try Tool.run(words + ["--force"], in: ours.path).isSuccess)
        let kinds = try Command.runSuccessfully(
            "stat",
            ["-c", "%F", "link", "folder/new"],
            in: ours.path
        )
        #expect(kinds.text == "symbolic link\nregular file\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: ours.path("folder"))
        #expect(names == ["new"])
    }

    @Test("a new image that cannot be made leaves the link, and nothing behind it")
    func unmade() throws {
        let words = ["create", "-f", "raw", "-o", "preallocation=falloc", "link", "8E"]
        #expect(try Tool.run(words, in: ours.path).status == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: ours.path("folder"))
        #expect(
            names == []
                && (try? FileManager.default.destinationOfSymbolicLink(
                    atPath: ours.path("link")
                )) == "folder/new"
        )
    }

    @Test(
        "the end of a file that is filled may cut a sector",
        arguments: [3_000_001, 3_000_320, 2_999_809, 2_999_808, 1, 4_000_001]
    )
    func cutSector(byteCount: Int) throws {
        for directory in [ours, theirs] {
            try Data(repeating: 0, count: byteCount)
                .write(to: URL(fileURLWithPath: directory.path("old")))
        }
        try expectAlike(["convert", "-n", "-f", "raw", "-O", "raw", "a", "old"])
    }

    @Test("what is too small is left alone, and both sizes are told")
    func tooSmall() throws {
        try Data(repeating: 1, count: 1000).write(to: URL(fileURLWithPath: ours.path("old")))
        let device = try LoopDevice(byteCount: 1 << 20)
        for (path, byteCount) in [(ours.path("old"), 1000), (device.path, 1 << 20)] {
            let words = ["convert", "-n", "-f", "raw", "-O", "raw", ours.path("a"), path]
            let output = try Tool.run(words)
            #expect(output.status == 1)
            #expect(
                output.standardError.hasPrefix(
                    "clone-image: \(path): the target has \(byteCount) bytes, and 3000320 or more are"
                ),
                "\(output)"
            )
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: ours.path("old"))).allSatisfy { $0 == 1 })
        for format in ["raw", "qcow2"] {
            let words = ["--force", "--source-format", "raw", "--format", format]
            let output = try Tool.collapse([ours.path("a"), device.path] + words)
            #expect(output.status == 1)
            #expect(
                output.standardError.contains("the target has 1048576 bytes, and "),
                "\(output)"
            )
        }
    }

    @Test("a file that may not be written is not replaced, as by qemu-img")
    func protected() throws {
        let script = """
            echo old > old; chmod 444 old
            test "$EUID" = 0 && set -- setpriv --bounding-set=-dac_override
            "$@" qemu-img convert -f raw -O raw a old 2>/dev/null && echo theirs
            "$@" "$0" convert -f raw -O raw a old && echo ours
            "$@" "$0" collapse --force --source-format raw a old; echo "$?"; cat old
            """
        let output = try Tool.shell(script, in: ours.path)
        #expect(output.text == "3\nold\n", "\(output)")
        let sentence = "clone-image: old: the file that is to be replaced is protected from writing"
        #expect(output.standardError.split(separator: "\n").count { $0.hasPrefix(sentence) } == 2)
    }

    @Test("a folder in which nothing can be made is named, with the way out")
    func folder() throws {
        let script = """
            echo old > folder/old; chmod 555 folder
            test "$EUID" = 0 && set -- setpriv --bounding-set=-dac_override
            "$@" "$0" convert -f raw -O raw a folder/old; code=$?
            "$@" "$0" convert -f raw -O raw a link; cat folder/old; ls -A folder; exit "$code"
            """
        let output = try Tool.shell(script, in: ours.path)
        #expect(output.status == 1 && output.text == "old\nold\n", "\(output)")
        let sentence =
            "folder/old: open failed: Permission denied: the new file is made beside the old one, "
            + "which it replaces in one step, and none can be made in \(ours.path)/folder (choose another "
            + "folder, or write a raw disk in place: convert -n -O raw)"
        let lines = output.standardError.split(separator: "\n")
        #expect(lines.count == 2 && lines[0] == "clone-image: \(sentence)", "\(output)")
        #expect(lines.last?.contains("cannot be created: link: open failed") == true, "\(output)")
    }
}
