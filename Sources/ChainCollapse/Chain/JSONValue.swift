// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A JSON value, as far as QEMU's `json:` file names use them.
enum JSONValue: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Int64)
    case string(String)
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Int64.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    /// The members of a JSON object with the names of nested ones joined by dots, as QEMU treats
    /// them: `{"file": {"driver": "file"}}` and `{"file.driver": "file"}` are the same.
    ///
    /// - Throws: when the text is no such object, or says one thing in both ways.
    static func flattened(_ text: Substring) throws -> [String: JSONValue] {
        let object = try JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
        var flat: [String: JSONValue] = [:]
        try flatten(object, under: "", into: &flat)
        return flat
    }

    /// An option that is given nested and dotted.
    private struct GivenTwice: Error {}

    private static func flatten(
        _ object: [String: JSONValue],
        under prefix: String,
        into flat: inout [String: JSONValue]
    ) throws {
        for (name, value) in object {
            if case .object(let members) = value {
                try flatten(members, under: "\(prefix)\(name).", into: &flat)
            } else {
                guard flat.updateValue(value, forKey: prefix + name) == nil else {
                    throw GivenTwice()
                }
            }
        }
    }

    /// The text of a string, or of a number as options on a command line have it.
    var text: String? {
        switch self {
        case .string(let text): text
        case .number(let number): String(number)
        case .bool(let bool): bool ? "on" : "off"
        case .null, .object: nil
        }
    }
}
