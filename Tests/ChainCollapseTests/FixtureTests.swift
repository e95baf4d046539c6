// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import ChainCollapse
import Foundation
import TestSupport
import Testing

/// `Fixtures/MANIFEST.json`: what each image is and what is expected of a reader.
private struct Manifest: Decodable {
    struct Valid: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let sha256: String
        let contentSHA256: String
        let snapshots: [String: String]?
        let companions: [String: String]?

        var testDescription: String { file }
    }

    struct Damaged: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let sha256: String
        let place: [UInt64]
        let mentions: [String]
        let snapshot: String?
        let lostBytes: UInt64?
        let salvagedSHA256: String?
        let companions: [String: String]?

        var testDescription: String { file }
    }

    var valid: [Valid] = []
    var damaged: [Damaged] = []

    /// The folder of the fixtures.
    static let folder: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("Fixtures").path
    }()

    static func load() throws -> Manifest {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/MANIFEST.json"))
        return try JSONDecoder().decode(Manifest.self, from: data)
    }

    /// The rows for the tests' arguments; a test of its own fails when there are none.
    static let shared = (try? load()) ?? Manifest()

    /// The checksums of all files, by their paths in the folder.
    var checksums: [String: String] {
        var sums: [String: String] = [:]
        func add(_ file: String, _ sum: String, _ companions: [String: String]?) {
            sums[file] = sum
            let parent = file.prefix { $0 != "/" }
            for (name, sum) in companions ?? [:] { sums["\(parent)/\(name)"] = sum }
        }
        for row in valid { add(row.file, row.sha256, row.companions) }
        for row in damaged { add(row.file, row.sha256, row.companions) }
        return sums
    }
}

/// How a collapse of a fixture ended.
private enum Outcome {
    case done(lostBytes: UInt64)
    case failed(code: String, message: String)
}

/// One fixture to collapse into `target`.
private struct Trial {
    let file: String
    /// Run the program in the image's folder, not the library: the tests share one working directory,
    /// and a data file's name is relative to it.
    let usesTool: Bool
    let target: String
    var snapshot: String?
    var salvage = false
    var threads = 1

    func run() async throws -> Outcome {
        try usesTool ? runTool() : await runLibrary()
    }

    private func runLibrary() async -> Outcome {
        var options = CollapseOptions()
        options.threads = threads
        options.salvage = salvage
        options.durability = .unflushed
        let source = CollapseSource(path: "\(Manifest.folder)/\(file)", snapshot: snapshot)
        let target = CollapseTarget(path: target, format: .raw())
        do throws(CollapseError) {
            let collapse = Collapse(source: source, target: target, options: options)
            return .done(lostBytes: try await collapse.run().lostBytes)
        } catch {
            return .failed(code: error.code.rawValue, message: error.message)
        }
    }

    /// No image makes the tool take more memory than this, in bytes.
    private static let memoryLimit = 128 << 20

    /// Runs the tool, which fails when it hangs or takes too much memory.
    func runTool() throws -> Outcome {
        struct Document: Decodable {
            let code: String?
            let message: String?
            let lostBytes: UInt64?
        }
        let tool = try Command.built("clone-image")
        let image = URL(fileURLWithPath: "\(Manifest.folder)/\(file)")
        let words =
            ["collapse", "--json", "--quiet", "--threads", "\(threads)"]
            + (snapshot.map { ["--snapshot", $0] } ?? []) + (salvage ? ["--salvage"] : [])
        let output = try Command.run(
            "timeout",
            ["60", "sh", "-c", "ulimit -d \(Self.memoryLimit >> 10) && exec \"$@\"", "sh", tool]
                + words + [image.lastPathComponent, target],
            in: image.deletingLastPathComponent().path
        )
        let document = try JSONDecoder().decode(Document.self, from: output.standardOutput)
        #expect((output.status == 0) == (document.code == nil))
        guard let code = document.code else {
            return .done(lostBytes: try #require(document.lostBytes))
        }
        return .failed(code: code, message: try #require(document.message))
    }
}

@Suite("Fixtures")
struct FixtureTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("the manifest lists every file of the folders, and no other, with its checksum")
    func manifest() throws {
        let manifest = try Manifest.load()
        #expect(manifest.valid.count >= 45)
        #expect(manifest.damaged.count >= 70)
        #expect(manifest.damaged.count { $0.lostBytes != nil } >= 25)
        let files = try ["valid", "damaged"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: "\(Manifest.folder)/\(folder)")
                .map { "\(folder)/\($0)" }
        }
        #expect(Set(files) == Set(manifest.checksums.keys))
        let output = try Command.runSuccessfully(
            "sha256sum",
            ["--"] + files,
            in: Manifest.folder
        )
        let lines = output.text.split(separator: "\n").map { $0.split(separator: "  ") }
        let found = Dictionary(uniqueKeysWithValues: lines.map { (String($0[1]), String($0[0])) })
        #expect(found == manifest.checksums)
    }

    @Test(
        "a sound image collapses to what QEMU reads",
        arguments: Manifest.shared.valid,
        [1, 2]
    )
    private func valid(row: Manifest.Valid, threads: Int) async throws {
        var states: [(snapshot: String?, sum: String)] = [(nil, row.contentSHA256)]
        for (name, sum) in row.snapshots ?? [:] { states.append((name, sum)) }
        for (number, state) in states.enumerated() {
            let target = directory.path("\(number).raw")
            let trial = Trial(
                file: row.file,
                usesTool: row.companions != nil,
                target: target,
                snapshot: state.snapshot,
                threads: threads
            )
            guard case .done(let lostBytes) = try await trial.run() else {
                Issue.record("\(try await trial.run())")
                return
            }
            #expect(lostBytes == 0)
            #expect(try sha256(ofFile: target) == state.sum, "\(state.snapshot ?? "now")")
        }
    }

    @Test(
        "a damaged image is an error that helps to find the damage, at once",
        arguments: Manifest.shared.damaged
    )
    private func damaged(row: Manifest.Damaged) throws {
        // A process of its own, so that the time is not that of other tests.
        let trial = Trial(
            file: row.file,
            usesTool: true,
            target: directory.path("target.raw"),
            snapshot: row.snapshot
        )
        guard case .failed(let code, let message) = try trial.runTool() else {
            Issue.record("the damage was not noticed")
            return
        }
        expectHelpful(message, code, row)
        // Nothing is left of the target, under any name.
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }

    private func expectHelpful(_ message: String, _ code: String, _ row: Manifest.Damaged) {
        #expect(CollapseError.Code(rawValue: code) != nil)
        #expect(code != CollapseError.Code.inputOutput.rawValue, "\(message)")
        #expect(!message.contains { $0.isNewline })
        #expect(message.utf8.count < 600)
        #expect(message.contains(URL(fileURLWithPath: row.file).lastPathComponent), "\(message)")
        for word in row.mentions { #expect(message.lowercased().contains(word), "\(message)") }
        // A chain that does not hold together is told by the names of its files.
        guard code != CollapseError.Code.brokenChain.rawValue else { return }
        let words = Set(message.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        let places = row.place.map { "0x" + String($0, radix: 16) }
        #expect(!words.isDisjoint(with: places), "\(message): one of \(places) was expected")
    }

    @Test(
        "salvage reads the rest, as QEMU does, and counts what is lost",
        arguments: Manifest.shared.damaged.filter { $0.lostBytes != nil },
        [1, 2]
    )
    private func salvaged(row: Manifest.Damaged, threads: Int) async throws {
        let target = directory.path("target.raw")
        let trial = Trial(
            file: row.file,
            usesTool: row.companions != nil,
            target: target,
            salvage: true,
            threads: threads
        )
        guard case .done(let lostBytes) = try await trial.run() else {
            Issue.record("\(try await trial.run())")
            return
        }
        #expect(lostBytes == row.lostBytes)
        #expect(try sha256(ofFile: target) == row.salvagedSHA256)
    }

    @Test(
        "salvage makes nothing of an image whose header or chain is damaged",
        arguments: Manifest.shared.damaged.filter { $0.lostBytes == nil && $0.snapshot == nil }
    )
    private func beyondSalvage(row: Manifest.Damaged) async throws {
        let trial = Trial(
            file: row.file,
            usesTool: row.companions != nil,
            target: directory.path("target.raw"),
            salvage: true
        )
        guard case .failed = try await trial.run() else {
            Issue.record("salvage went on")
            return
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
    }
}
