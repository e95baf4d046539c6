// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A tree of what is told about an image, which both forms of output are made of.
enum OutputValue {
    case text(String)
    case number(UInt64)
    case flag(Bool)
    case list([OutputValue])
    /// Members in the order in which they are told; those that are nil are not.
    case record([(name: String, value: OutputValue?)])

    /// As JSON with four spaces for each level.
    func json(_ indentation: String = "") -> String {
        switch self {
        case .text(let text): JSONText.quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): String(flag)
        case .list(let values):
            block("[", values.map { $0.json(indentation + "    ") }, "]", indentation)
        case .record(let members):
            block(
                "{",
                members.compactMap { name, value in
                    value.map { "\"\(name)\": \($0.json(indentation + "    "))" }
                },
                "}",
                indentation
            )
        }
    }

    private func block(
        _ start: String,
        _ items: [String],
        _ end: String,
        _ indentation: String
    ) -> String {
        let lines = items.map { "\n\(indentation)    \($0)" }.joined(separator: ",")
        return "\(start)\(lines)\n\(indentation)\(end)"
    }

    /// As indented lines for people, each with its end.
    func lines(_ indentation: String) -> String {
        switch self {
        case .text(let text): text + "\n"
        case .number(let number): "\(number)\n"
        case .flag(let flag): "\(flag)\n"
        case .list(let values):
            values.enumerated().map { line("[\($0)]", $1, indentation) }.joined()
        case .record(let members):
            members.map { name, value in
                let words = String(name.map { $0 == "-" ? " " : $0 })
                return value.map { line(words, $0, indentation) } ?? ""
            }.joined()
        }
    }

    private func line(_ name: String, _ value: OutputValue, _ indentation: String) -> String {
        switch value {
        case .list, .record: "\(indentation)\(name):\n\(value.lines(indentation + "    "))"
        default: "\(indentation)\(name): \(value.lines(""))"
        }
    }
}

/// Text in JSON, as QEMU writes it.
enum JSONText {
    private static let short: [Unicode.Scalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "\u{8}": "\\b", "\u{c}": "\\f", "\n": "\\n", "\r": "\\r",
        "\t": "\\t",
    ]

    /// The text in quotation marks, in ASCII.
    static func quoted(_ text: String) -> String {
        let parts = text.unicodeScalars.map { scalar in
            if let short = short[scalar] { return short }
            return (" "..."~").contains(scalar) ? String(scalar) : escaped(scalar)
        }
        return "\"\(parts.joined())\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: true)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
