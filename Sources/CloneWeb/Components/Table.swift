// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Mustache

/// Rows of the same kind of thing.
struct Table: Sendable {
    struct Column: Sendable {
        let title: String
        /// A class of the style sheet; nil for plain text.
        let look: String?

        private init(_ title: String, look: String?) { (self.title, self.look) = (title, look) }

        init(_ title: String) { self.init(title, look: nil) }

        static func number(_ title: String) -> Column { Column(title, look: "number") }
        static func moment(_ title: String) -> Column { Column(title, look: "moment") }
        /// Long names that may be broken anywhere.
        static func path(_ title: String) -> Column { Column(title, look: "path") }
        /// What can be done with a row.
        static let actions = Column("Actions", look: "deeds")
    }

    struct Row: Sendable, MustacheParent {
        let cells: [Cell]
        /// Not what one looks for first.
        var isFaint = false

        func child(named name: String) -> Any? {
            switch name {
            case "cells": cells
            case "isFaint": isFaint
            default: nil
            }
        }
    }

    /// What the table is of, for who does not see it.
    let caption: String
    let columns: [Column]
    private(set) var rows: [Row]
    /// What is said instead of no rows.
    let empty: String
    let isEmpty: Bool
    /// True for one of several tables whose columns stand below each other.
    var isEven = false

    /// A table; a cell bears its column's title for narrow screens.
    init(_ caption: String, _ columns: [Column], empty: String, rows: [Row]) {
        (self.caption, self.columns, self.empty) = (caption, columns, empty)
        self.rows = rows.map { row in
            let cells = zip(columns, row.cells).map { column, cell in cell.in(column) }
            return Row(cells: cells, isFaint: row.isFaint)
        }
        isEmpty = rows.isEmpty
    }
}

/// One place of a table.
struct Cell: Sendable, MustacheParent {
    private let text: String
    private var href: String?
    private var badge: Badge?
    private var note: String?
    private var buttons: [ActionButton] = []
    private var links: [ActionLink] = []
    private var progress: Meter?
    private var isCode = false
    private var label = ""
    private var look: String?

    /// Nothing to tell.
    static let nothing = Cell("–")

    /// A text.
    init(_ text: String, note: String? = nil) { (self.text, self.note) = (text, note) }

    /// A text that leads to a page.
    init(_ text: String, to href: String, note: String? = nil) {
        (self.text, self.href, self.note) = (text, href, note)
    }

    /// A state.
    init(_ badge: Badge) { (text, self.badge) = ("", badge) }

    /// Things to do, at once or on a page of their own.
    init(_ buttons: [ActionButton], _ links: [ActionLink] = []) {
        (text, self.buttons, self.links) = ("", buttons, links)
    }

    /// Pages on which something can be done.
    init(_ links: [ActionLink]) { self.init([], links) }

    /// How far or how full something is.
    init(_ progress: Meter) { (text, self.progress) = ("", progress) }

    /// An id or a path.
    static func code(_ text: String) -> Cell {
        var cell = Cell(text)
        cell.isCode = true
        return cell
    }

    fileprivate func `in`(_ column: Table.Column) -> Cell {
        var cell = self
        cell.label = column.title
        let classes = [column.look, text == Cell.nothing.text ? "void" : nil].compactMap(\.self)
        cell.look = classes.isEmpty ? nil : classes.joined(separator: " ")
        return cell
    }

    func child(named name: String) -> Any? {
        switch name {
        case "text": text
        case "href": href ?? false
        case "badge": badge ?? false
        case "note": note ?? false
        case "buttons": buttons
        case "links": links
        case "meter": progress ?? false
        case "isCode": isCode
        case "label": label
        case "look": look ?? false
        default: nil
        }
    }
}

/// How far or how full something is, as a bar with words.
struct Meter: Sendable {
    let percent: Int
    let words: String
    /// What the bar is of, for who does not see it.
    let name: String
    /// A class of the style sheet.
    let tone: String

    init(_ fraction: Double, _ words: String, of name: String, _ tone: Badge.Tone = .busy) {
        percent = Int((min(max(fraction, 0), 1) * 100).rounded(.down))
        (self.words, self.name, self.tone) = (words, name, tone.rawValue)
    }
}
