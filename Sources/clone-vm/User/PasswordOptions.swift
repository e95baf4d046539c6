// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Foundation
internal import Terminal

/// Where a password comes from: never from the command line, which other users of the machine see.
struct PasswordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the password from the first line of this file. Else it is asked for at a "
                + "terminal, or is the first line of standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var passwordFile: String?

    /// More than any password has.
    private static let maximumBytes = 16 << 10

    /// The password of a user.
    ///
    /// - Throws: `EngineError` when there is none.
    func password(of user: String) throws -> String {
        if let passwordFile { return try PasswordOptions.firstLine(of: passwordFile) }
        guard SecretPrompt.isPossible else {
            guard let line = readLine() else { throw EngineError.noPassword("standard input ends") }
            return line
        }
        let first = SecretPrompt.ask("Password of \(user): ") ?? ""
        guard first == SecretPrompt.ask("The same again: ") else {
            throw EngineError.noPassword("the two are not the same")
        }
        return first
    }

    private static func firstLine(of path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: maximumBytes)
        else { throw EngineError.noPassword("the file \(path) cannot be read") }
        return String(String(decoding: data, as: UTF8.self).prefix { !$0.isNewline })
    }
}

extension EngineError {
    fileprivate static func noPassword(_ reason: String) -> EngineError {
        EngineError(Refusal("NO_PASSWORD", .badRequest, "There is no password: \(reason)."))
    }
}
