// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension Element {
    /// The document as JSON, as oVirt writes it: all values are strings, the root has no name.
    var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("strings, arrays and objects of them can be encoded")
        }
        return data
    }
}

extension Element: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        if case .text(let text) = content {
            var container = encoder.singleValueContainer()
            return try container.encode(text)
        }
        var container = encoder.container(keyedBy: Key.self)
        for attribute in attributes {
            try container.encode(attribute.value, forKey: Key(attribute.name))
        }
        if case .list(let items, let kind) = content {
            return try container.encode(items, forKey: Key(kind))
        }
        for (name, group) in Dictionary(grouping: children, by: \.name) {
            if name == "link" || group.count > 1 {
                try container.encode(group, forKey: Key(name))
            } else {
                try container.encode(group[0], forKey: Key(name))
            }
        }
    }
}
