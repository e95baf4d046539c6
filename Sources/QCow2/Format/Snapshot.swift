// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// An internal snapshot: section "Snapshots" of the format's specification.
package struct Snapshot: Hashable, Sendable {
    package let id: String
    package let name: String
    /// When it was taken, in seconds since 1970.
    package let seconds: UInt32
    /// The size of the machine's memory saved with it, in bytes.
    package let vmStateBytes: UInt64
    /// The disk's size when it was taken, in bytes, which need not be today's.
    package let diskBytes: UInt64
    let l1TableOffset: UInt64
    let l1Entries: UInt32
}
