// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The repository that these tests were compiled from.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static func path(_ name: String) -> String { "\(root)/\(name)" }

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }
}

/// What the tool's parser knows of a command.
private struct CommandDump: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let abstract: String?
        let names: [Name]?
    }

    let commandName: String
    let abstract: String?
    let arguments: [Argument]?
    let subcommands: [CommandDump]?

    var longNames: Set<String> {
        Set((arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.name))
    }
}

private struct ToolDump: Decodable {
    let command: CommandDump
}

@Suite("Manual pages and completions")
struct ManualTests {
    @Test(
        "the completions are those that the tool generates (if not: Scripts/manual)",
        arguments: [
            ("bash", "clone-image.bash"), ("zsh", "_clone-image"), ("fish", "clone-image.fish"),
        ]
    )
    func completions(shell: String, file: String) throws {
        let output = try Tool.run("--generate-completion-script", shell)
        #expect(output.isSuccess)
        let kept = try Repository.text("docs/completions/\(file)")
        #expect(kept.contains("collapse"))
        #expect(
            kept.trimmingCharacters(in: .newlines) == output.text.trimmingCharacters(in: .newlines)
        )
    }

    @Test(
        "the manual pages tell of all options, and in the tool's words (if not: Scripts/manual)",
        arguments: [
            ("clone-image.1", nil), ("clone-image-clean.1", "clean"),
            ("clone-image-collapse.1", "collapse"),
            ("clone-image-check.1", "check"), ("clone-image-compare.1", "compare"),
            ("clone-image-convert.1", "convert"),
            ("clone-image-create.1", "create"), ("clone-image-digest.1", "digest"),
            ("clone-image-info.1", "info"), ("clone-image-map.1", "map"),
            ("clone-image-measure.1", "measure"), ("clone-image-snapshot.1", "snapshot"),
        ]
    )
    func pages(file: String, subcommand: String?) throws {
        let root = try Tool.run("--experimental-dump-help").decoded(as: ToolDump.self).command
        let command =
            subcommand == nil
            ? root : try #require(root.subcommands?.first { $0.commandName == subcommand })
        let page = try Repository.text("docs/man/\(file)")
        let options = page.matches(of: #/\n\.It Fl (?:\w , )?-([\w-]+)/#).map { String($0.1) }
        #expect(Set(options) == command.longNames)
        #expect(options.count == command.longNames.count)
        let abstract = try #require(command.abstract)
        #expect(page.contains("\n.Nd \"\(abstract.dropLast())\"\n"))
        let sentences = (command.arguments ?? []).compactMap(\.abstract)
        #expect(sentences.filter { !page.contains("\n\($0)\n") } == [])
    }

    @Test("the manual pages name each other and give examples")
    func references() throws {
        #expect(
            try Repository.text("docs/man/clone-image.1").contains(".Xr clone-image-collapse 1")
        )
        let page = try Repository.text("docs/man/clone-image-collapse.1")
        #expect(page.contains("clone-image collapse top.qcow2 flat.raw\n"))
    }
}
