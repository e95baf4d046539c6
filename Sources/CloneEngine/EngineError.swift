// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Why the engine does not do what it was asked.
package struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, one reason after the other in the order in which they were looked at.
    package let refusals: [Refusal]

    /// An error with all its reasons, of which there is at least one.
    package init(_ refusals: [Refusal]) {
        precondition(!refusals.isEmpty, "an error has a reason")
        self.refusals = refusals
    }

    package init(_ refusal: Refusal) { self.init([refusal]) }

    /// The kind of the whole: what a caller can do about it.
    ///
    /// With several reasons a bad request outweighs a conflict, and that a failure.
    package var kind: Refusal.Kind {
        let kinds = Set(refusals.map(\.kind))
        return Refusal.Kind.allCases.first(where: kinds.contains) ?? .internalError
    }

    package var description: String { refusals.map(\.text).joined(separator: " ") }

    static func unusableStore(_ directory: String, _ error: any Error) -> EngineError {
        EngineError(
            Refusal(
                "STORE_UNUSABLE",
                .internalError,
                "The engine's store in \(directory) cannot be used: \(error)."
            )
        )
    }
}

/// One reason against a command.
package struct Refusal: Hashable, Sendable {
    /// What a caller can do about it, the weightiest first.
    package enum Kind: String, Sendable, CaseIterable {
        case badRequest, conflict, internalError, forbidden, notFound, unauthenticated,
            tooManyRequests
    }

    /// A name for programs: oVirt's, without its prefix, where it has one.
    package let key: String
    package let kind: Kind
    /// One sentence for people.
    package let text: String
    /// The one of several things in the command that it is about; nil for the command as a whole.
    package private(set) var subject: ObjectReference?

    package init(_ key: String, _ kind: Kind, _ text: String) {
        (self.key, self.kind, self.text) = (key, kind, text)
    }

    /// The same reason, said of one of several things.
    func about(_ subject: ObjectReference) -> Refusal {
        var refusal = self
        refusal.subject = subject
        return refusal
    }

    /// There is nothing of a kind that has this name, or no such thing of a VM.
    package static func notFound(
        _ kind: String,
        _ name: String,
        of vm: String? = nil
    ) -> Refusal {
        Refusal(
            "\(kind.uppercased().replacing(" ", with: "_"))_NOT_FOUND",
            .notFound,
            "There is no \(kind) '\(name)'" + (vm.map { " of VM \($0)." } ?? ".")
        )
    }
}
