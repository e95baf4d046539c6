// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// A command that needs the engine, and ends with the exit code of what the engine refuses.
protocol EngineCommand: AsyncParsableCommand {
    var common: CommonOptions { get }
    /// Whether it goes on, and many ask at the same time.
    static var isServer: Bool { get }
    /// Clones that it starts outlive it.
    var resumesJobs: Bool { get }

    func run(with client: Client) async throws
}

extension EngineCommand {
    static var isServer: Bool { false }

    var resumesJobs: Bool { false }

    func run() async throws {
        do {
            try await run(with: Client(for: self))
        } catch let error as EngineError {
            Client.complain(of: error, isJSON: common.json)
            throw error.exitCode
        }
    }
}
