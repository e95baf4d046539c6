// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Mustache

/// Rows of the same kind of thing.
struct Table: Sendable {
    struct Column: Sendable {
        let title: String
        let isNumber: Bool
        /// Never broken into lines.
        let isMoment: Bool

        init(_ title: String, isNumber: Bool = false, isMoment: Bool = false) {
            self.title = title
            (self.isNumber, self.isMoment) = (isNumber, isMoment)
        }

        static func number(_ title: String) -> Column { Column(title, isNumber: true) }
        static func moment(_ title: String) -> Column { Column(title, isMoment: true) }
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
    private var isNumber = false
    private var isMoment = false

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
        (cell.isNumber, cell.isMoment) = (column.isNumber, column.isMoment)
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
        case "isNumber": isNumber
        case "isMoment": isMoment
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

    init(_ fraction: Double, _ words: String, of name: String) {
        percent = Int((min(max(fraction, 0), 1) * 100).rounded(.down))
        (self.words, self.name) = (words, name)
    }
}
