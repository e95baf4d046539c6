// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Hummingbird

/// What a page is made from: who asks, and for what.
struct Visit: Sendable {
    let engine: Engine
    let session: Session
    let visitor: Visitor
    /// The part of the URL behind the question mark.
    let query: Form
    /// What a form has sent.
    let form: Form
    private let parameters: Parameters

    init(_ site: Site, _ request: Request, _ context: WebContext) throws {
        guard let visitor = context.visitor else { throw HTTPError(.unauthorized) }
        engine = site.engine
        session = Session(userName: visitor.userName)
        self.visitor = visitor
        query = try Form(urlEncoded: request.uri.query ?? "")
        (form, parameters) = (context.form, context.parameters)
    }

    /// Asks the engine as the visitor.
    func ask<Q: Query>(_ query: Q) throws -> Q.Answer { try engine.answer(query, as: session) }

    /// Has the engine do something as the visitor.
    @discardableResult
    func run<C: CloneEngine.Command>(_ command: C) throws -> C.Outcome {
        try engine.run(command, as: session)
    }

    /// The id at a place in the path.
    func id<Kind>(_ name: String, as kind: Kind.Type = Kind.self) throws -> Identifier<Kind> {
        Identifier(rawValue: try self.name(in: name))
    }

    /// The text at a place in the path.
    func name(in parameter: String) throws -> String {
        let text = try parameters.require(parameter)
        return text.removingPercentEncoding ?? text
    }
}
