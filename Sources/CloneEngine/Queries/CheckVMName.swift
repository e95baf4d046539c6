// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What speaks against a name for a new VM; nothing when it may have it.
///
/// Another VM may have taken it by the time that it is made.
package struct CheckVMName: Query {
    package let name: String

    package init(name: String) { self.name = name }

    package func answer(_ context: CommandContext) throws -> [Refusal] {
        try context.nameRefusals(name, for: ClonePlanner.action)
    }
}
