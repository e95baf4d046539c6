// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

extension Element {
    init(_ name: String, _ text: String) { self.init(name, .text(text)) }

    init(_ name: String, _ flag: Bool) { self.init(name, flag ? "true" : "false") }

    init(_ name: String, _ number: some BinaryInteger) { self.init(name, String(number)) }

    init(_ name: String, _ time: Date) {
        self.init(name, time.formatted(Element.timeStyle))
    }

    /// An element with a text where there is one, else none.
    init?(_ name: String, ifAny text: String?) {
        guard let text else { return nil }
        self.init(name, text)
    }

    /// An element with a time where there is one, else none.
    init?(_ name: String, ifAny time: Date?) {
        guard let time else { return nil }
        self.init(name, time)
    }

    /// Milliseconds and the zone, as oVirt writes times.
    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// All elements of a kind.
    static func list(_ name: String, of kind: String, _ items: [Element]) -> Element {
        Element(name, .list(items, of: kind))
    }

    /// Where something that belongs to an element is found.
    static func link(_ rel: String, _ href: String) -> Element {
        var link = Element("link", href: href)
        link.attributes.append(Attribute(name: "rel", value: rel))
        return link
    }

    /// Links to the collections below a resource, named as clients look for them.
    static func links(_ rels: [String], below href: String) -> [Element?] {
        rels.map { .link($0, "\(href)/\($0)") }
    }

    /// What can be done with a resource.
    static func actions(_ names: [String], of href: String) -> Element {
        Element("actions", names.map { .link($0, "\(href)/\($0)") })
    }
}
