// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The program in `docs/digest.md`, which knows nothing of ours.
public enum DigestOracle {
    private struct NoProgram: Error {}

    /// The digest of a raw disk.
    public static func digest(ofRaw path: String) throws -> String {
        let page = try String(contentsOfFile: "\(repository)/docs/digest.md", encoding: .utf8)
        let parts = page.components(separatedBy: "```python\n")
        guard parts.count == 2, let end = parts[1].range(of: "```") else { throw NoProgram() }
        let program = String(parts[1][..<end.lowerBound])
        let output = try Command.runSuccessfully("python3", ["-c", program, path])
        return output.text.trimmingCharacters(in: .newlines)
    }

    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
