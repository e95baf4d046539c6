// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Element {
    /// The text of an element inside.
    func text(_ name: String) -> String? { self[name]?.text }

    /// What an element inside says, yes or no.
    ///
    /// - Throws: `Fault`, when it says neither.
    func flag(_ name: String) throws(Fault) -> Bool? {
        guard let text = text(name) else { return nil }
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .badValue(name, text, "true or false")
        }
    }

    /// The number that an element inside has.
    ///
    /// - Throws: `Fault`, when it has none, or one that does not fit.
    func number<Number: FixedWidthInteger>(_ name: String) throws(Fault) -> Number? {
        guard let text = text(name) else { return nil }
        guard let number = Number(text) else {
            throw .badValue(
                name,
                text,
                "a whole number from \(max(0, Number.min)) to \(Number.max)"
            )
        }
        return number
    }

    /// One of a few words.
    ///
    /// - Throws: `Fault` that names them, when it is none of them.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Choice.Type = Choice.self
    ) throws(Fault) -> Choice? where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badValue(name, text, "one of \(words)")
        }
        return choice
    }

    /// The elements inside a collection inside.
    func items(_ collection: String, _ kind: String) -> [Element] {
        (self[collection]?.children ?? []).filter { $0.name == kind }
    }
}
