// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What an error says can be done, the command that it comes from takes.
@Suite("Advice")
struct AdviceTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["live", "other"] { try QemuImg.create(directory.path(name), size: 1 << 20) }
        try QemuImg.create(directory.path("above"), size: 1 << 20, backing: "live")
    }

    private func complaint(_ words: [String], status: Int32 = 1) throws -> String {
        let output = try Tool.run(words, in: directory.path)
        #expect(output.status == status, "\(words)")
        return output.standardError
    }

    @Test("who is told of a writer is told of an option that helps, or of none")
    func writers() throws {
        let writer = try ImageWriter(directory.path("live"))
        for words in [
            ["map", "live"], ["map", "above"], ["info", "live"], ["measure", "live"],
            ["convert", "live", "new"], ["convert", "above", "new"],
        ] {
            let complaint = try complaint(words)
            #expect(complaint.contains("-U ") && !complaint.contains("--wait-lock"), "\(words)")
            let sharing = [words[0], "-U"] + words.dropFirst()
            #expect(try Tool.run(sharing, in: directory.path).status == 0, "\(words)")
        }
        #expect(try complaint(["compare", "live", "other"], status: 2).contains("-U "))
        for words in [
            ["rebase", "-b", "", "live"], ["rebase", "-b", "", "above"],
            ["convert", "-n", "-O", "qcow2", "other", "live"],
        ] {
            let complaint = try complaint(words)
            #expect(complaint.contains("live: "), "\(words)")
            #expect(!complaint.contains("-U ") && !complaint.contains("--wait-lock"), "\(words)")
        }
        #expect(try complaint(["collapse", "live", "new"], status: 4).contains("--wait-lock"))
        writer.stop()
    }

    @Test("a layer without a recorded format is trusted by the commands that say so")
    func probed() throws {
        try QemuImg.create(directory.path("top"), size: 1 << 20, backing: "above")
        try removeBackingFormat(fromImage: directory.path("top"))
        let option = "--trust-probed"
        #expect(try complaint(["convert", "top", "new"]).contains(option))
        #expect(try complaint(["compare", "top", "live"], status: 2).contains(option))
        let complaint = try complaint(["rebase", "-b", "", "top"])
        #expect(complaint.contains("rebase -u") && !complaint.contains(option))
    }

    @Test("a chain that comes back to its top is told as such, although the top is locked")
    func cycle() throws {
        let words = ["rebase", "-u", "-b", "above", "-F", "qcow2", "live"]
        try Command.runSuccessfully("qemu-img", words, in: directory.path)
        for top in ["above", "live"] {
            let complaint = try complaint(["rebase", "-b", "", top])
            #expect(complaint.contains("comes back to a file it already has"), "\(complaint)")
        }
    }

    @Test("options of convert that contradict each other are named")
    func contradictions() throws {
        let sparse = ["-S", "0", "-O", "qcow2", "-B", "live", "-F", "qcow2", "above", "new"]
        #expect(try complaint(["convert"] + sparse).contains("-S 0"))
        let bitmaps = ["--bitmaps", "-O", "qcow2", "live", "other", "new"]
        #expect(try complaint(["convert"] + bitmaps).contains("single source"))
    }
}
