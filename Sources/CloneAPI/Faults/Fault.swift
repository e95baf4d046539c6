// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

/// Why a request is not answered as it was meant, in oVirt's form.
struct Fault: Error, Hashable, Sendable {
    let status: HTTPResponse.Status
    let reason: String
    let detail: String

    init(_ status: HTTPResponse.Status, _ reason: String, _ detail: String) {
        (self.status, self.reason, self.detail) = (status, reason, detail)
    }

    /// What the engine refuses: its reasons stand in brackets, as oVirt writes them.
    ///
    /// Who may not do something learns nothing else about it.
    init(_ error: EngineError) {
        if let refusal = error.refusals.first(where: { $0.kind == .forbidden }) {
            self.init(.forbidden, "Operation Failed", "[\(refusal.text)]")
        } else {
            let texts = error.refusals.map(\.text).joined(separator: ", ")
            self.init(error.httpStatus, "Operation Failed", "[\(texts)]")
        }
    }

    /// Any error; of what nobody has foreseen, a stranger learns nothing.
    init(_ error: any Error) {
        switch error {
        case let fault as Fault: self = fault
        case let error as EngineError: self.init(error)
        default: self.init(.internalServerError, "Operation Failed", "[Internal Engine Error]")
        }
    }

    var element: Element {
        Element("fault", [Element("detail", detail), Element("reason", reason)])
    }
}

extension Fault {
    /// A document that cannot be understood.
    static func badDocument(_ reason: String) -> Fault {
        Fault(.badRequest, "Invalid request", "The document is refused: \(reason).")
    }

    /// A value that makes no sense where it stands.
    static func badValue(_ name: String, _ value: String, _ expected: String) -> Fault {
        let shown = value.count > 100 ? value.prefix(100) + "…" : value[...]
        return Fault(
            .badRequest,
            "Invalid value",
            "'\(shown)' is no value of '\(name)': it takes \(expected)."
        )
    }

    /// Something that a request lacks: `Vm [name] required for add`.
    static func incomplete(_ type: String, _ fields: String, for action: String) -> Fault {
        Fault(.badRequest, "Incomplete parameters", "\(type) [\(fields)] required for \(action)")
    }

    /// Something that is not there, or that the caller may not see.
    static func notFound(_ kind: String, _ name: String) -> Fault {
        Fault(.notFound, "Operation Failed", "Entity not found: \(kind): \(name)")
    }

    static let unauthenticated = Fault(
        .unauthorized,
        "Not authenticated",
        "Show a token, from /ovirt-engine/sso/oauth/token, or a user name and password."
    )
}
