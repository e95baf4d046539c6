// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How old what is known of a hypervisor may be.
enum LookAge {
    /// For what only tells: a page asks several questions, one after the other.
    static let answer = Duration.seconds(1)
    /// For what changes anything.
    static let change = Duration.zero
}

/// A hypervisor, and what it had when it was last looked at.
final class Outlook: Sendable {
    let hypervisor: any Hypervisor
    private let last = Mutex<(time: ContinuousClock.Instant, inventory: Inventory)?>(nil)

    init(_ hypervisor: any Hypervisor) { self.hypervisor = hypervisor }

    /// What there was at a time that is not longer ago; nil when nobody has looked since.
    func inventory(maximumAge: Duration) -> Inventory? {
        last.withLock { last in
            guard let last, maximumAge > .zero, ContinuousClock.now - last.time < maximumAge else {
                return nil
            }
            return last.inventory
        }
    }

    /// Remembers what there was at a time.
    func remember(_ inventory: Inventory, at time: ContinuousClock.Instant) {
        last.withLock { $0 = (time, inventory) }
    }
}
