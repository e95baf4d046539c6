// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Manual page and completions of clone-vm")
struct ManualTests {
    private struct Root: Decodable { let command: HelpTests.Dump }

    /// A file of the repository that these tests were compiled from.
    private func text(_ name: String) throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let docs = tests.appendingPathComponent("../../docs/\(name)").standardized
        return try String(contentsOf: docs, encoding: .utf8)
    }

    @Test(
        "the completions are those that the tool generates (if not: Scripts/manual)",
        arguments: [("bash", "clone-vm.bash"), ("zsh", "_clone-vm"), ("fish", "clone-vm.fish")]
    )
    func completions(shell: String, file: String) throws {
        let output = try Command.run(Host.path(), ["--generate-completion-script", shell])
        let kept = try text("completions/\(file)").trimmingCharacters(in: .newlines)
        #expect(kept.contains("snapshot"))
        #expect(kept == output.text.trimmingCharacters(in: .newlines))
    }

    @Test("the manual page tells of all commands and options (if not: Scripts/manual)")
    func page() throws {
        let output = try Command.run(Host.path(), ["--experimental-dump-help"])
        let root = try output.decoded(as: Root.self).command
        let page = try text("man/clone-vm.1")
        let commands = page.matches(of: #/\n\.It Em ([\w-]+)/#).map { String($0.1) }
        #expect(commands == root.names)
        #expect(root.sentences.filter { !page.contains("\n\($0)\n") } == [])
    }
}
