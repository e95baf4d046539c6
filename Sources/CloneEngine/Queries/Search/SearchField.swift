// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Something that a listing can be searched by, and where the store has it.
struct SearchField: Sendable {
    /// How a value is understood.
    enum Kind: Hashable, Sendable {
        /// With `*` for any text.
        case text
        /// Bytes; a number without a unit counts so many of them.
        case size(unitBytes: UInt64)
        case number
        case time
    }

    /// The names, in lower case; the first is the one that is told.
    let names: [String]
    let kind: Kind
    /// The column or expression; never text from outside.
    let column: String
    /// For what an entry may have several of: a condition on the entry around one on the column,
    /// which stands where the `@` is.
    let membership: String?
    /// Whether text without a field is looked for here.
    let isFreeText: Bool

    init(
        _ names: String...,
        kind: Kind = .text,
        column: String,
        within membership: String? = nil,
        isFreeText: Bool = false
    ) {
        (self.names, self.kind, self.column) = (names, kind, column)
        (self.membership, self.isFreeText) = (membership, isFreeText)
    }

    var name: String { names[0] }

    /// The field of something that there is only one of, by all the names that clients of oVirt call it.
    static func only(_ thing: String, _ name: String) -> SearchField {
        SearchField(thing, "\(thing).name", "\(thing)s.name", column: "'\(name)'")
    }
}

extension [SearchField] {
    /// The field of a name.
    ///
    /// - Throws: `EngineError` that tells the names there are.
    func named(_ name: String) throws(EngineError) -> SearchField {
        if let field = first(where: { $0.names.contains(name) }) { return field }
        let known = map(\.name).joined(separator: ", ")
        throw .badSearch("there is no field '\(name.prefix(40))', but there are \(known)")
    }
}
