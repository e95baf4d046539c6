// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Something that changes what the engine keeps: validated first, then done, in one transaction.
package protocol Command<Outcome>: Sendable {
    associatedtype Outcome: Sendable

    /// What speaks against it, in the order in which it was looked at; empty when nothing does.
    func validate(_ context: CommandContext) throws -> [Refusal]

    /// Does it.
    func run(_ context: CommandContext) throws -> Outcome
}

/// Something that the engine is asked, and that changes nothing.
package protocol Query: Sendable {
    associatedtype Answer: Sendable

    func answer(_ context: CommandContext) throws -> Answer
}
