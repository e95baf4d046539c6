// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Something that changes what the engine keeps: validated first, then done, in one transaction.
package protocol Command<Outcome>: Sendable {
    associatedtype Outcome: Sendable

    /// Whether it needs to know what the hypervisor has now.
    var looksAtMachines: Bool { get }

    /// What speaks against it, in the order in which it was looked at; empty when nothing does.
    func validate(_ context: CommandContext) throws -> [Refusal]

    /// Does it.
    func run(_ context: CommandContext) throws -> Outcome
}

/// Something that the engine is asked, and that changes nothing.
package protocol Query: Sendable {
    associatedtype Answer: Sendable

    /// Whether it is about what the hypervisor has now.
    var looksAtMachines: Bool { get }

    func answer(_ context: CommandContext) throws -> Answer
}

extension Command {
    package var looksAtMachines: Bool { true }
}

extension Query {
    package var looksAtMachines: Bool { true }
}
