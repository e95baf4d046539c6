// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension Command {
    /// The path of one of our programs, which is built into the folder that the tests run from.
    public static func built(_ program: String) throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(filePath: tests).deletingLastPathComponent().appending(path: program).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw CommandError.notBuilt(path)
        }
        return path
    }
}
