// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A place in a host file, in bytes.
package struct HostOffset: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (left: HostOffset, right: HostOffset) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The place `byteCount` bytes further on.
    package func advanced(by byteCount: UInt64) -> HostOffset {
        HostOffset(rawValue: rawValue + byteCount)
    }
}
