// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// One command line, given to `qemu-img` and to ours.
struct Comparison {
    let words: [String]
    let theirs: Command.Output
    let ours: Command.Output

    init(_ words: [String], in directory: String? = nil) throws {
        self.words = words
        theirs = try Command.run("qemu-img", words, in: directory)
        ours = try Command.run(Tool.path(), words, in: directory)
    }

    /// The first comparison that finds no difference, or the last of three: while the kernel writes a
    /// new file out, its size on the disk changes from one look to the next.
    static func settled(_ words: [String], in directory: String? = nil) throws -> Comparison {
        var comparison = try Comparison(words, in: directory)
        for _ in 1...2 where !comparison.isEqual {
            comparison = try Comparison(words, in: directory)
        }
        return comparison
    }

    /// Whether both wrote the same to standard output and ended in the same way.
    var isEqual: Bool { theirs.status == ours.status && theirs.text == ours.text }
}

extension Comparison: CustomStringConvertible {
    var description: String {
        """
        \(words.joined(separator: " "))
        qemu-img exits with \(theirs.status): \(theirs.standardError)\(theirs.text)
        clone-image exits with \(ours.status): \(ours.standardError)\(ours.text)
        """
    }
}

/// The command lines that look at an image.
enum Look {
    static func all(at image: String, format: String? = nil) -> [[String]] {
        let format = format.map { ["-f", $0] } ?? []
        var lines = [["snapshot", "-l", image]]
        for form in ["--output=human", "--output=json"] {
            lines.append(["info"] + format + [form, image])
            lines.append(["info"] + format + [form, "--backing-chain", image])
            lines.append(["map"] + format + [form, image])
        }
        return lines
    }
}
