// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

/// A request that was understood: who asks whom for what.
struct Call: Sendable {
    let engine: Engine
    let session: Session
    /// What stands in the address where the route has names.
    var parameters: [String: String]
    var query: FormFields
    let headers: HTTPFields
    let body: Element?

    func run<C: Command>(_ command: C) throws(EngineError) -> C.Outcome {
        try engine.run(command, as: session)
    }

    func ask<Q: Query>(_ query: Q) throws(EngineError) -> Q.Answer {
        try engine.answer(query, as: session)
    }

    /// The id in the address.
    func id<Kind>(_ name: String) -> Identifier<Kind> {
        Identifier(rawValue: (parameters[name] ?? "").lowercased())
    }

    /// The document that came with the request; nil where it was left out.
    func document(_ name: String) throws(Fault) -> Element {
        guard let body else { throw .badDocument("a \(name) is expected, and none was sent") }
        guard body.name == name else {
            throw .badDocument("a \(name) is expected, and a \(body.name.prefix(100)) was sent")
        }
        return body
    }

    /// The listing that the query asks for.
    func listing() throws(Fault) -> ListingOptions {
        ListingOptions(
            search: query.fields["search"] ?? "",
            isCaseSensitive: try flag("case_sensitive") ?? false,
            maximum: try number("max"),
            page: 1
        )
    }

    /// What a field of the query says, yes or no.
    func flag(_ name: String) throws(Fault) -> Bool? { try fields.flag(name) }

    /// The number in a field of the query; less than nothing means nothing, as oVirt has it.
    func number(_ name: String) throws(Fault) -> Int? {
        let number: Int? = try fields.number(name)
        return number.flatMap { $0 < 0 ? nil : $0 }
    }

    private var fields: Element {
        Element("query", query.fields.map { Element($0.key, $0.value) })
    }
}
