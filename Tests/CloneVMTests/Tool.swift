// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The built `clone-vm`, run as its users run it, with a state and two storage domains of its own.
struct Host {
    static let mebibyte = 1 << 20

    let directory: TemporaryDirectory

    /// Makes the domains `first` and `second`.
    init() throws {
        directory = try TemporaryDirectory()
        for name in ["first", "second"] {
            let path = directory.path(name)
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: false
            )
            try succeed("domain add \(name) \(path)")
        }
    }

    static func path() throws -> String { try Command.built("clone-vm") }

    var state: [String] { ["--state", directory.path("state")] }

    /// Runs the tool with words that have spaces between them, whatever its exit status.
    func run(_ line: String) throws -> Command.Output {
        try Command.run(Host.path(), words(line))
    }

    /// Runs the tool, and throws unless it exits with 0.
    @discardableResult func succeed(_ line: String) throws -> Command.Output {
        try Command.runSuccessfully(Host.path(), words(line))
    }

    /// What the tool prints as JSON.
    func ask<Value: Decodable>(_ type: Value.Type, _ line: String) throws -> Value {
        try succeed(line + " --json").decoded(as: type)
    }

    private func words(_ line: String) -> [String] {
        line.split(separator: " ").map(String.init) + state
    }

    /// Runs a script, in which `$0` is the tool and the words `"$@"` name its state.
    func shell(_ script: String) throws -> Command.Output {
        try Command.run("bash", ["-c", script, Host.path()] + state, in: directory.path)
    }

    /// All files in the domains.
    func files() throws -> [String] {
        let words = [directory.path("first"), directory.path("second"), "-type", "f"]
        return try Command.runSuccessfully("find", words).text.split(separator: "\n")
            .map(String.init).sorted()
    }
}

extension Command.Output {
    /// Standard output as one JSON value.
    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: standardOutput)
    }
}

/// The documents of the tool, as far as tests read them.
enum Told {
    struct VM: Decodable {
        let id: String
        let name: String
        let status: String
        let createdAt: Date
    }

    struct Snapshot: Decodable { let description: String }

    struct WholeVM: Decodable {
        struct Disk: Decodable {
            let id: String
            let alias: String
            let format: String?
            let allocation: String?
            let interface: String
            let bootOrder: Int?
            let isPlugged: Bool
            let address: String
            let capacityBytes: Int
        }
        struct NIC: Decodable {
            let name: String
            let macAddress: String
        }
        let vm: VM
        let disks: [Disk]
        let networkInterfaces: [NIC]
    }

    struct Disk: Decodable {
        struct Volume: Decodable {
            let path: String
            let format: String
            let domain: String?
        }
        let id: String
        let alias: String
        let volumes: [Volume]
        let vms: [String]
    }

    struct Job: Decodable {
        struct Step: Decodable { let status: String }
        let id: String
        let status: String
        let startedAt: Date
        let steps: [Step]
    }

    struct Clone: Decodable {
        struct Disk: Decodable {
            let alias: String
            let path: String
            let format: String
            let domain: String
        }
        let status: String
        let vm: VM
        let disks: [Disk]
        let warnings: [String]
    }

    struct Plan: Decodable {
        struct Copy: Decodable {
            let disk: String
            let chainLength: Int
            let alias: String
            let domain: String
            let requiredBytes: Int
        }
        struct Missing: Decodable {
            let disk: String
            let reason: String
        }
        struct Domain: Decodable {
            let name: String
            let requiredBytes: Int
            let freeBytes: Int
        }
        let copies: [Copy]
        let missingDisks: [Missing]
        let domains: [Domain]
    }

    struct Event: Decodable {
        let id: Int
        let severity: String
        let message: String
        let time: Date
    }

    struct Failure: Decodable {
        struct Refusal: Decodable {
            let key: String
            let message: String
        }
        let status: String
        let refusals: [Refusal]
    }
}
