// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// A command that needs the engine, and ends with the exit code of what the engine refuses.
protocol EngineCommand: AsyncParsableCommand {
    var common: CommonOptions { get }

    func run(with client: Client) async throws
}

extension EngineCommand {
    func run() async throws {
        do {
            try await run(with: Client(common))
        } catch let error as EngineError {
            Client.complain(of: error, isJSON: common.json)
            throw error.exitCode
        }
    }
}
