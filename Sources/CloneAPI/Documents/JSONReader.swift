// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Reads a document from JSON that a stranger has sent.
struct JSONReader {
    private var count = 0

    /// Reads a whole document, whose root JSON gives no name.
    ///
    /// - Throws: `Fault`, a bad request with the reason.
    static func read(_ data: Data, as name: String) throws(Fault) -> Element {
        guard let value = try? JSONDecoder().decode(Value.self, from: data) else {
            throw .badDocument("it is no JSON that is nested at most \(DocumentLimits.depth) deep")
        }
        guard case .object = value else { throw .badDocument("it is no JSON object") }
        var reader = JSONReader()
        return try reader.element(name, value)
    }

    private mutating func element(_ name: String, _ value: Value) throws(Fault) -> Element {
        count += 1
        guard count <= DocumentLimits.elements else {
            throw .badDocument("it has more than \(DocumentLimits.elements) elements")
        }
        guard case .object(let fields) = value else { return Element(name, value.text) }
        var element = Element(name)
        var children: [Element] = []
        for (key, field) in fields.sorted(by: { $0.key < $1.key }) {
            if Value.attributes.contains(key), field.isScalar {
                element.attributes.append(.init(name: key, value: field.text))
            } else {
                for item in field.items { children.append(try self.element(key, item)) }
            }
        }
        element.content = .elements(children)
        return element
    }

    /// Any JSON.
    private indirect enum Value: Decodable {
        case scalar(String)
        case array([Value])
        case object([String: Value])
        case null

        /// What XML has as attributes.
        static let attributes: Set = ["id", "href", "rel"]

        init(from decoder: any Decoder) throws {
            guard decoder.codingPath.count < DocumentLimits.depth else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "nested too deep")
                )
            }
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let flag = try? container.decode(Bool.self) {
                self = .scalar(flag ? "true" : "false")
            } else if let number = try? container.decode(Int64.self) {
                self = .scalar(String(number))
            } else if let number = try? container.decode(Double.self) {
                self = .scalar(String(number))
            } else if let text = try? container.decode(String.self) {
                self = .scalar(text)
            } else if let fields = try? container.decode([String: Value].self) {
                self = .object(fields)
            } else {
                self = .array(try container.decode([Value].self))
            }
        }

        var isScalar: Bool { if case .scalar = self { true } else { false } }

        var text: String { if case .scalar(let text) = self { text } else { "" } }

        /// An array's elements; itself where it is none.
        var items: [Value] {
            switch self {
            case .array(let values): values
            case .null: []
            default: [self]
            }
        }
    }
}
