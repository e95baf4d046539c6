// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A page that shows: facts, tables, and links to what can be done.
struct Sheet: Sendable {
    /// Something to know before all else.
    struct Message: Sendable {
        let text: String
        let tone: String

        init(_ text: String, _ tone: Badge.Tone) { (self.text, self.tone) = (text, tone.rawValue) }
    }

    /// Named values that belong together.
    struct Facts: Sendable {
        struct Fact: Sendable {
            let name: String
            let value: Cell

            init(_ name: String, _ value: Cell) { (self.name, self.value) = (name, value) }

            init(_ name: String, _ value: String) { self.init(name, Cell(value)) }
        }

        let title: String
        let facts: [Fact]

        init(_ title: String, _ facts: [Fact]) { (self.title, self.facts) = (title, facts) }
    }

    /// A table with a heading above it, and what can be done with all of it.
    struct Part: Sendable {
        /// Nil where the page's title says it.
        var title: String?
        var links: [ActionLink] = []
        let table: Table

        init(_ title: String?, links: [ActionLink] = [], _ table: Table) {
            (self.title, self.links, self.table) = (title, links, table)
        }
    }

    var badge: Badge?
    var subtitle: String?
    var links: [ActionLink] = []
    var buttons: [ActionButton] = []
    var tabs: [Tab] = []
    var search: SearchBox?
    var messages: [Message] = []
    var facts: [Facts] = []
    var drawing: Drawing?
    var parts: [Part] = []
    var pager: Pager?
}

/// Where a listing is searched.
struct SearchBox: Sendable {
    let action: String
    let value: String
    let label: String
    let example: String
    /// Searches that many want.
    var chips: [Tab] = []
    /// Why the search cannot be understood.
    var error: String?
}
