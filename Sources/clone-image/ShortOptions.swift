// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The options of one letter as C's `getopt` reads them: `-cpOqcow2` is `-c -p -O qcow2`.
enum ShortOptions {
    struct Letters {
        let flags: String
        let withValue: String
    }

    static let letters = [
        "check": Letters(flags: "Uq", withValue: "frT"),
        "compare": Letters(flags: "spqU", withValue: "fFT"),
        "convert": Letters(flags: "UcnpqWC", withValue: "flTOoBbFStrm"),
        "create": Letters(flags: "uq", withValue: "fobF"),
        "info": Letters(flags: "U", withValue: "f"),
        "map": Letters(flags: "U", withValue: "fsl"),
        "measure": Letters(flags: "U", withValue: "fOol"),
        "rebase": Letters(flags: "uUpq", withValue: "bfFtT"),
        "snapshot": Letters(flags: "lqU", withValue: ""),
    ]

    /// A command line in which each of these options is apart, if it is one of a command of qemu-img's.
    static func separated(_ words: [String]) -> [String] {
        guard let command = words.first, let letters = letters[command] else { return words }
        var separated = [command]
        var rest = words.dropFirst()
        while let word = rest.first, word != "--" {
            rest.removeFirst()
            if word.hasPrefix("-"), !word.hasPrefix("--"), word != "-" {
                separated += separate(word.dropFirst(), letters, &rest)
            } else {
                separated.append(word)
            }
        }
        return separated + rest
    }

    /// Separates one word; an option without a value takes the next word, whatever that looks like.
    private static func separate(
        _ word: Substring,
        _ letters: Letters,
        _ rest: inout ArraySlice<String>
    ) -> [String] {
        var word = word
        var separated: [String] = []
        while let letter = word.popFirst() {
            let option = "-\(letter)"
            guard !letters.withValue.contains(letter) else {
                let value = word.isEmpty ? rest.popFirst() : String(word)
                return separated + joined(option, value)
            }
            separated.append(option)
            // Behind what nobody knows, which the parser tells, nothing has a meaning.
            guard letters.flags.contains(letter) else { break }
        }
        return separated
    }

    private static func joined(_ option: String, _ value: String?) -> [String] {
        guard let value else { return [option] }
        // The parser takes nothing behind `=` for no value.
        return value.isEmpty ? [option, value] : ["\(option)=\(value)"]
    }
}
