// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One element of a document, which is written as XML or as JSON, and was read from either.
struct Element: Hashable, Sendable {
    struct Attribute: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// What stands inside.
    enum Content: Hashable, Sendable {
        case text(String)
        case elements([Element])
        /// Any number of elements of one kind: an array in JSON, however many there are.
        case list([Element], of: String)
    }

    var name: String
    var attributes: [Attribute] = []
    var content: Content

    init(_ name: String, _ content: Content) { (self.name, self.content) = (name, content) }

    /// An element with others inside.
    init(
        _ name: String,
        href: String? = nil,
        id: String? = nil,
        _ children: [Element?] = []
    ) {
        self.init(name, .elements(children.compactMap { $0 }))
        let values = [("href", href), ("id", id)]
        attributes = values.compactMap { name, value in
            value.map { Attribute(name: name, value: $0) }
        }
    }

    /// The elements inside, if there are any.
    var children: [Element] {
        switch content {
        case .text: []
        case .elements(let elements), .list(let elements, _): elements
        }
    }

    /// The text inside, without the space around it; nil when there is none.
    var text: String? {
        guard case .text(let text) = content else { return nil }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The first element of a name inside.
    subscript(name: String) -> Element? { children.first { $0.name == name } }

    /// The value of an attribute.
    func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    var id: String? { attribute("id") }
    var href: String? { attribute("href") }
}
