// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse

extension AllowedBacking {
    private static let option = "--allow-backing"
    private static let within = "within"

    /// What `--allow-backing` takes: one word, or `within` and a place in one argument.
    ///
    /// - Throws: `ValidationError`.
    init(words: String) throws {
        self =
            switch words {
            case "same-directory": .sameDirectory
            case "any-local": .anyLocal
            case "none": .none
            default: try AllowedBacking.place(words)
            }
    }

    private static func place(_ words: String) throws -> AllowedBacking {
        let path = words.dropFirst("\(within) ".count)
        guard words.hasPrefix("\(within) "), !path.isEmpty else {
            throw ValidationError(
                "takes same-directory, any-local, none, or within and a directory: "
                    + "\(option) within DIR"
            )
        }
        return .within([String(path)])
    }

    /// A command line in which `within` and its place are one argument: options have only one.
    static func joiningPlaces(_ arguments: some Sequence<String>) -> [String] {
        var joined: [String] = []
        var optionsEnded = false
        for argument in arguments {
            if !optionsEnded, joined.suffix(2) == [option, within] {
                joined[joined.count - 1] += " \(argument)"
            } else {
                joined.append(argument)
                optionsEnded = optionsEnded || argument == "--"
            }
        }
        return joined
    }
}
