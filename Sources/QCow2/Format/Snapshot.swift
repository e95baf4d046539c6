// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// An internal snapshot: section "Snapshots" of the format's specification.
public struct Snapshot: Hashable, Sendable {
    /// Its number, as text.
    public let id: String
    /// The name that a person gave it.
    public let name: String
    /// When it was taken, in seconds since 1970.
    public let seconds: UInt32
    /// The part of that second, in nanoseconds.
    public let nanoseconds: UInt32
    /// How long the machine had run, in nanoseconds.
    public let clockNanoseconds: UInt64
    /// How many instructions it had executed; nil where that is not recorded.
    public let instructionCount: UInt64?
    /// The size of the machine's memory saved with it, in bytes.
    public let vmStateBytes: UInt64
    /// The disk's size when it was taken, in bytes, which need not be today's.
    public let diskBytes: UInt64
    let l1TableOffset: UInt64
    let l1Entries: UInt32
    /// The bytes of its table entry that older versions do not have.
    let extraBytes: UInt32
    /// Where its table entry lies in the image file.
    let entryOffset: UInt64

    /// When it was taken, by clock and calendar of this machine: `2026-05-31 23:59:59`.
    public var localTime: String { LocalTime(secondsSince1970: Int64(seconds)).description }
}
