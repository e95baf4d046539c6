// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What may be opened as a layer of a chain, and how.
package struct ChainPolicy: Hashable, Sendable {
    /// Which files images may lead to.
    package let allowedBacking: AllowedBacking
    /// Accept L2 tables that are missing.
    package let salvage: Bool
    /// Follow references of layers whose format nobody recorded.
    package let trustsProbedFormats: Bool
    /// Read layers that other programs write to.
    package var sharesWithWriters: Bool
    /// Seconds to wait until nobody writes to a layer.
    package var lockWaitSeconds: Double
    /// The caller has locked the top already, to write to it.
    package var topIsLocked = false
    /// Forget what the page cache has of a layer before it is read.
    package var readsFromDisk = false
    /// Where a lower layer cannot be opened, the chain ends above it instead of failing.
    package var keepsOpenLayers = false
    /// What a message may advise.
    package var callerOptions: CallerOptions = .sharing

    /// A policy that is strict where nothing else is said.
    package init(
        allowedBacking: AllowedBacking = .sameDirectory,
        salvage: Bool = false,
        trustsProbedFormats: Bool = false,
        sharesWithWriters: Bool = false,
        lockWaitSeconds: Double = 0
    ) {
        self.allowedBacking = allowedBacking
        self.salvage = salvage
        self.trustsProbedFormats = trustsProbedFormats
        self.sharesWithWriters = sharesWithWriters
        self.lockWaitSeconds = lockWaitSeconds
    }

    /// The policy that opens what the strict one refuses because somebody writes to it.
    var withWriters: ChainPolicy {
        var policy = self
        policy.sharesWithWriters = true
        policy.lockWaitSeconds = 0
        return policy
    }
}
