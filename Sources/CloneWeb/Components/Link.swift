// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Words that lead to another page.
struct Link: Sendable {
    let text: String
    let href: String

    init(_ text: String, _ href: String) { (self.text, self.href) = (text, href) }
}

/// A link that looks like a button, for what a page is there for.
struct ActionLink: Sendable {
    enum Weight: String, Sendable {
        case primary, plain, danger
    }

    let text: String
    let href: String
    let weight: String
    /// What is said of it to who does not see the row that it stands in.
    let label: String

    init(_ text: String, label: String? = nil, _ href: String, _ weight: Weight = .plain) {
        (self.text, self.href, self.weight) = (text, href, weight.rawValue)
        self.label = label ?? text
    }
}

/// A button that does something at once, by a form of its own.
struct ActionButton: Sendable {
    let text: String
    let action: String
    /// What is said of it to who does not see the row that it stands in.
    let label: String
    let weight: String

    init(
        _ text: String,
        _ action: String,
        label: String? = nil,
        _ weight: ActionLink.Weight = .plain
    ) {
        (self.text, self.action, self.weight) = (text, action, weight.rawValue)
        self.label = label ?? text
    }
}

/// One of several views of the same thing.
struct Tab: Sendable {
    let text: String
    let href: String
    let isCurrent: Bool
    let count: String?

    init(_ text: String, _ href: String, isCurrent: Bool, count: Int? = nil) {
        (self.text, self.href, self.isCurrent) = (text, href, isCurrent)
        self.count = count.map(String.init)
    }

    /// Searches of a listing, of which one may be what is looked at.
    static func searches(
        _ all: [(name: String, search: String)],
        of path: String,
        _ current: String
    ) -> [Tab] {
        all.map { name, search in
            Tab(name, Paths.listing(path, search), isCurrent: search == current)
        }
    }
}
