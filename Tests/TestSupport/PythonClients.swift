// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Clients of a server that are written in Python, with what Scripts/test installs for them.
public enum PythonClients {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs Python with words, and an environment that tells where the server is.
    ///
    /// Scripts and playbooks are named by their paths below Tests.
    ///
    /// - Throws: all that the client has said, unless it exits with 0.
    @discardableResult public static func run(
        _ words: [String],
        with server: ServeProcess,
        _ environment: [String],
        maximumSeconds: Int = 120
    ) throws -> String {
        let told = [
            "SITE=\(server.url)", "URL=\(server.url)ovirt-engine/api",
            "CA_FILE=\(server.authority)", "STATE=\(server.directory.path)",
            "PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C.UTF-8",
        ]
        let limit = ["timeout", "\(maximumSeconds)", try python()]
        let output = try Command.run(
            "env",
            told + environment + limit + words.map(path),
            // Some clients leave traces where they run.
            in: server.directory.path
        )
        guard output.status == 0 else {
            let log = try server.logged.split(separator: "\n").suffix(20).joined(separator: "\n")
            let said = "\(output.text)\(output.standardError)\n\(log)"
            throw ServeProcess.Failure(
                description: "\(words) ended with \(output.status):\n\(said)"
            )
        }
        return output.text
    }

    private static func python() throws -> String {
        let python = root + "/.build/python/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw ServeProcess.Failure(
                description: "\(python) is not there; Scripts/test makes it, before all tests"
            )
        }
        return python
    }

    /// A script or a playbook by its path, anything else as it is.
    private static func path(_ word: String) -> String {
        let isOurs = [".py", ".yml"].contains { word.hasSuffix($0) }
        return isOurs ? "\(root)/Tests/\(word)" : word
    }
}
