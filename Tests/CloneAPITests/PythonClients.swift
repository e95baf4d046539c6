// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The Python clients of the tests, in Tests/clients.
enum PythonClients {
    private static let maximumSeconds = "120"

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs Python with words, and an environment that tells where the server is.
    ///
    /// - Throws: all that the client has said, unless it exits with 0.
    @discardableResult static func run(
        _ words: [String],
        with server: Server,
        password: String = SampleStore.password
    ) throws -> String {
        let python = root + "/.build/python/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Server.Failure(
                description: "\(python) is not there; Scripts/test makes it, before all tests"
            )
        }
        let environment = [
            "URL=\(server.url)ovirt-engine/api", "CA_FILE=\(server.authority)",
            "PASSWORD=\(password)", "STATE=\(server.store.directory.path)",
            "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8",
        ]
        let output = try Command.run(
            "env",
            environment + ["timeout", maximumSeconds, python] + words.map(path),
            // Some clients leave traces where they run.
            in: server.store.directory.path
        )
        guard output.status == 0 else {
            let log = try server.logged.split(separator: "\n").suffix(20).joined(separator: "\n")
            let said = "\(output.text)\(output.standardError)\n\(log)"
            throw Server.Failure(description: "\(words) ended with \(output.status):\n\(said)")
        }
        return output.text
    }

    /// A script or a playbook by its path, anything else as it is.
    private static func path(_ word: String) -> String {
        let isOurs = [".py", ".yml"].contains { word.hasSuffix($0) }
        return isOurs ? "\(root)/Tests/clients/\(word)" : word
    }
}
