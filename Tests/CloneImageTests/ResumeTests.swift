// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Going on after a crash")
struct ResumeTests {
    private static let diskMegabytes = 24

    let directory: TemporaryDirectory
    var folder: String { directory.path("targets") }
    var top: String { directory.path("top.qcow2") }
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    /// A chain with data in most of 24 MiB, and zeros at its end.
    init() throws {
        directory = try TemporaryDirectory()
        let noise = directory.path("noise")
        let size = ResumeTests.diskMegabytes << 20
        try Command.runSuccessfully("sh", ["-c", "head -c 18M /dev/urandom > \(noise)"])
        try QemuImg.create(directory.path("base.qcow2"), size: size)
        try QemuImg.io(directory.path("base.qcow2"), ["write -q -s \(noise) 0 18M"])
        try QemuImg.create(top, size: size, backing: "base.qcow2")
        try QemuImg.io(top, ["write -q -P 1 3M 100k", "write -q -z 7M 1M"])
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
    }

    private func start(_ words: [String], rate: String = "12M") throws -> RunningTool {
        try RunningTool(
            ["collapse", top] + words + ["--resume", "--rate-limit=\(rate)"],
            in: folder
        )
    }

    func collapse(_ words: String...) throws -> Command.Output {
        try Command.run(Tool.path(), ["collapse", top] + words, in: folder)
    }

    /// Starts a collapse, and kills it when its journal tells of something.
    func interrupt(_ words: String...) throws {
        let tool = try start(words, rate: "6M")
        let isRecorded = try tool.wait {
            let journals = try names.filter { $0.hasSuffix("-journal") }
            return try journals.contains { try FileFacts("\(folder)/\($0)").byteCount > 240 }
        }
        try #require(isRecorded)
        tool.kill()
    }

    func expectCopy(_ name: String, format: String) throws {
        let path = "\(folder)/\(name)"
        try QemuImg.compare(top, format: "qcow2", path, format: format)
        if format == "qcow2" { try QemuImg.check(path) }
    }

    @Test(
        "a copy that is killed again and again gets done, with the bytes of an undisturbed one",
        arguments: [
            ["flat.raw"], ["flat.qcow2"], ["flat.qcow2", "--compress", "zstd"],
            ["flat.qcow2", "--option", "extended_l2=on", "--threads=1"],
        ]
    )
    func killed(words: [String]) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let before = try FileFacts(top)
        var kills = 0
        while !FileManager.default.fileExists(atPath: "\(folder)/\(words[0])") {
            let tool = try start(words)
            // Longer and longer, so that a busy machine gets done as well.
            let milliseconds = random.int(in: 20...(300 + 20 * kills))
            guard tool.isRunning(afterSeconds: Double(milliseconds) / 1000) else {
                let (status, said) = try tool.end()
                #expect(status == 0, "seed \(seed): \(said)")
                continue
            }
            tool.kill()
            kills += 1
            try #require(kills < 200, "seed \(seed): the copy does not get on")
            #expect(try names.count <= 3, "seed \(seed)")
            try scribble(&random)
        }
        #expect(kills >= 3, "seed \(seed)")
        #expect(try FileFacts(top) == before)
        let format = words[0] == "flat.raw" ? "raw" : "qcow2"
        try expectCopy(words[0], format: format)
        let undisturbed = ["collapse", top, "undisturbed"] + words.dropFirst()
        let flags = ["--format=\(format)"]
        try Command.runSuccessfully(Tool.path(), undisturbed + flags, in: folder)
        #expect(try filesAreEqual("\(folder)/\(words[0])", "\(folder)/undisturbed"))
        #expect(try names.filter { $0.hasPrefix(".") } == [], "seed \(seed)")
    }

    /// Writes garbage to the end of what is kept, which no journal tells of before the copy is done.
    private func scribble(_ random: inout SeededGenerator) throws {
        for name in try names where name.hasSuffix("-partial") {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(folder)/\(name)"))
            try file.seek(toOffset: UInt64(ResumeTests.diskMegabytes << 20) - 5000)
            try file.write(contentsOf: random.bytes(5000))
        }
    }

    @Test("what an interrupted copy has done is not done again")
    func saved() throws {
        try interrupt("flat.raw")
        let output = try collapse("flat.raw", "--resume", "--json")
        #expect(output.isSuccess)
        let report = try output.decoded(as: Report.self)
        #expect(report.resumedBytes > 0)
        #expect(report.readBytes + report.resumedBytes == 17 << 20)
        #expect(report.skippedBytes == 7 << 20)
        try expectCopy("flat.raw", format: "raw")
        #expect(try names == ["flat.raw"])
    }

    @Test("who is stopped is told how to go on", arguments: [("INT", 130), ("TERM", 143)])
    func stopped(signal: String, status: Int32) throws {
        let script = #"""
            env --default-signal "$0" collapse "$1" flat.raw --resume --rate-limit=6M &
            until [[ $(stat --format=%s .*-journal 2>/dev/null) -gt 240 ]]; do sleep 0.01; done
            kill -s "$2" $!
            wait $!
            """#
        let output = try Tool.shell(script, top, signal, in: folder)
        #expect(output.status == status)
        let sentence =
            "clone-image: stopped by SIG\(signal) before flat.raw was complete; what was copied is "
            + "kept, and the same command with --resume goes on with it\n"
        #expect(output.standardError == sentence)
        #expect(try names.count == 2)
        #expect(try collapse("flat.raw", "--resume").isSuccess)
        #expect(try names == ["flat.raw"])
    }

    @Test("without --resume the copy starts anew, and the leftovers go")
    func notWanted() throws {
        try interrupt("flat.raw")
        #expect(try names.count == 2)
        let report = try collapse("flat.raw", "--json").decoded(as: Report.self)
        #expect(report.resumedBytes == 0)
        #expect(try names == ["flat.raw"])
    }

    @Test("clean removes what is kept, with its journal")
    func cleaned() throws {
        try interrupt("flat.raw")
        #expect(try names.count == 2)
        #expect(try Tool.run("clean", folder).isSuccess)
        #expect(try names == [])
    }

    @Test(
        "a change of the chain or of the options starts the copy anew, and says so",
        arguments: [
            ("touch base.qcow2", [], "base.qcow2"),
            ("chmod 600 top.qcow2", [], "top.qcow2"),
            ("cp -p base.qcow2 b && mv b base.qcow2", [], "base.qcow2"),
            ("qemu-io -f qcow2 -c 'write -q -P 9 0 64k' base.qcow2", [], "base.qcow2"),
            ("true", ["--compress"], "an option"), ("true", ["--cluster-size=4k"], "an option"),
            ("true", ["--option=extended_l2=on"], "an option"),
        ] as [(String, [String], String)]
    )
    func changed(change: String, options: [String], words: String) throws {
        try interrupt("flat.qcow2")
        try Command.runSuccessfully("sh", ["-c", change], in: directory.path)
        let arguments = ["collapse", top, "flat.qcow2", "--resume", "--json"] + options
        let output = try Command.run(Tool.path(), arguments, in: folder)
        let report = try output.decoded(as: Report.self)
        #expect(report.resumedBytes == 0)
        let warning = try #require(report.warnings.first)
        #expect(warning.hasPrefix("flat.qcow2: the copy was started anew, since "))
        #expect(warning.hasSuffix("\(words) is not what it was before"))
        #expect(output.standardError == "clone-image: warning: \(warning)\n")
        try expectCopy("flat.qcow2", format: "qcow2")
        #expect(try names == ["flat.qcow2"])
    }

    @Test(
        "what was data and reads as zeros now has nothing of the copy that was begun",
        arguments: ["raw", "qcow2"]
    )
    func zeroedSince(format: String) throws {
        try interrupt("flat.\(format)")
        try QemuImg.io(top, ["write -q -z 0 \(Self.diskMegabytes)M"])
        let output = try collapse("flat.\(format)", "--resume")
        #expect(output.standardError.contains("top.qcow2 is not what it was before"))
        try expectCopy("flat.\(format)", format: format)
        #expect(try FileFacts("\(folder)/flat.\(format)").allocatedBytes < 1 << 20)
    }

    @Test("another program starts the copy anew, even one with the same bytes")
    func otherProgram() throws {
        try interrupt("flat.qcow2")
        let program = directory.path("program")
        try Command.runSuccessfully("cp", [Tool.path(), program])
        let output = try Command.run(
            program,
            ["collapse", top, "flat.qcow2", "--resume"],
            in: folder
        )
        #expect(output.standardError.contains("this program is not what it was before"))
        try expectCopy("flat.qcow2", format: "qcow2")
    }

    @Test("a change of a layer's external data file starts the copy anew")
    func changedDataFile() throws {
        let data = directory.path("data")
        let (size, noise) = (Self.diskMegabytes << 20, directory.path("noise"))
        let base = directory.path("base.qcow2")
        try FileManager.default.removeItem(atPath: base)
        try QemuImg.create(base, size: size, options: ["data_file=\(data)"])
        try QemuImg.io(base, ["write -q -s \(noise) 0 18M"])
        try interrupt("flat.raw")
        try Command.runSuccessfully("touch", [data])
        let output = try collapse("flat.raw", "--resume")
        #expect(output.standardError.contains("base.qcow2 is not what it was before"))
        try expectCopy("flat.raw", format: "raw")
    }

    @Test("who else goes on with the same copy makes one of its own")
    func twice() throws {
        try interrupt("flat.raw")
        let journal = try "\(folder)/" + #require(names.first { $0.hasSuffix("-journal") })
        let byteCount = try FileFacts(journal).byteCount
        let first = try start(["flat.raw"], rate: "3M")
        let goesOn = try first.wait { try FileFacts(journal).byteCount > byteCount }
        try #require(goesOn)
        #expect(try collapse("flat.raw", "--resume").isSuccess)
        let (status, words) = try first.end()
        #expect(status == 3, "\(words)")
        #expect(words.contains("something else took the target's name meanwhile"))
        try expectCopy("flat.raw", format: "raw")
    }

    @Test("what was copied before a disk was full is not copied again when there is room")
    func full() throws {
        let system = try LoopFileSystem(ext4Megabytes: 32)
        let target = system.path("flat.raw")
        try Command.runSuccessfully("fallocate", ["--length=20M", system.path("filler")])
        let first = try collapse(target, "--resume", "--no-space-check", "--rate-limit=24M")
        #expect(first.status == 1)
        #expect(first.standardError.contains("No space left on device; what was copied is kept"))
        #expect(try collapse(target, "--resume").status == 3)
        try FileManager.default.removeItem(atPath: system.path("filler"))
        let report = try collapse(target, "--resume", "--json").decoded(as: Report.self)
        #expect(report.resumedBytes > 0)
        try QemuImg.compare(top, format: "qcow2", target, format: "raw")
    }

    @Test("devices are refused as targets and as sources, and so is what would not be known later")
    func refused() throws {
        let device = try LoopDevice(byteCount: ResumeTests.diskMegabytes << 20)
        for (words, sentence) in [
            ([top, device.path, "--force"], "--resume is for files"),
            ([device.path, "flat.raw"], "--resume is for chains of files"),
            ([top, "flat.raw", "--force-share"], "--resume goes on with a chain"),
            ([top, "flat.raw", "--salvage"], "--salvage counts what is lost"),
        ] {
            let arguments = ["collapse"] + words + ["--resume"]
            let output = try Command.run(Tool.path(), arguments, in: folder)
            #expect(output.status == 64)
            #expect(output.standardError.contains(sentence))
            #expect(try names == [])
        }
    }
}
