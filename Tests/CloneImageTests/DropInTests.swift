// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Scripts that call `qemu-img` find ours under its name, and notice nothing.
@Suite("In place of qemu-img")
struct DropInTests {
    private static let script = Repository.path("Tests/drop-in")

    private func transcript(_ part: String, path: String?) throws -> [Substring] {
        let directory = try TemporaryDirectory()
        let real = try Command.runSuccessfully("which", ["qemu-img"]).text
            .trimmingCharacters(in: .newlines)
        let search = (path.map { $0 + ":" } ?? "") + "/usr/sbin:/usr/bin:/sbin:/bin"
        let output = try Command.runSuccessfully(
            "env",
            ["PATH=\(search)", "REAL_QEMU_IMG=\(real)", Self.script, part],
            in: directory.path
        )
        return output.text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test(
        "a script of typical calls prints and makes the same",
        arguments: [("convert", 41), ("make", 22)]
    )
    func script(part: String, callCount: Int) throws {
        let directory = try TemporaryDirectory()
        _ = try Tool.qemuImage(in: directory)
        let theirs = try transcript(part, path: nil)
        let ours = try transcript(part, path: directory.path)
        #expect(theirs.count { $0.hasPrefix("$ qemu-img") || $0.hasPrefix("$ env") } == callCount)
        #expect(ours.count == theirs.count)
        let difference = zip(theirs, ours).enumerated().first { $1.0 != $1.1 }
        if let (line, (their, our)) = difference {
            let call = theirs[...line].last { $0.hasPrefix("$") } ?? ""
            Issue.record("\(call)\nqemu-img:    \(their)\nclone-image: \(our)")
        }
    }
}
