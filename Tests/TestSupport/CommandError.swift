// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Why an external program gave no result.
public enum CommandError: Error, CustomStringConvertible {
    /// The program is not on PATH.
    case notFound(String)

    /// The program, one of ours, is not where the tests are.
    case notBuilt(String)

    /// The system call with this name failed, with this error number.
    case system(String, Int32)

    /// The program (the first word) ran and was not successful.
    case failed([String], Command.Output)

    /// The Debian packages of the programs that the tests use.
    private static let packages = [
        "qemu-img": "qemu-utils", "qemu-io": "qemu-utils", "qemu-nbd": "qemu-utils",
        "qemu-storage-daemon": "qemu-system-common", "qemu-system-x86_64": "qemu-system-x86",
        "as": "binutils", "ld": "binutils",
    ]

    /// One sentence, followed by the program's own words if it ran.
    public var description: String {
        switch self {
        case .notFound(let program):
            let package = Self.packages[program]
            let advice = package.map { "; try: apt-get install \($0)" } ?? ""
            return "\(program): no such program on PATH\(advice)"
        case .notBuilt(let path):
            return "\(path) is not there; build it with: swift build --build-tests"
        case .system(let call, let code):
            return "\(call) failed with error number \(code)"
        case .failed(let words, let output):
            let line = words.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
            return "\(line): exit status \(output.status)\n\(output.text)\(output.standardError)"
        }
    }
}
