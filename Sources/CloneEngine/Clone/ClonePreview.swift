// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a clone would be, for somebody who is still choosing.
package struct ClonePreview: Hashable, Sendable {
    /// The plan; nil when there is nothing that could be cloned.
    package let plan: ClonePlan?
    /// All that speaks against it; empty when it may be started.
    package let refusals: [Refusal]
}
