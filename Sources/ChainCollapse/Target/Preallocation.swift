// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How much space a new image takes for what reads as zeros.
public enum Preallocation: String, Hashable, Sendable, CaseIterable {
    /// None: what reads as zeros is a hole.
    case off
    /// qcow2 only: every cluster has its place and entry, but holes in the file stay holes.
    case metadata
    /// Space is reserved for the whole disk without writing it.
    case falloc
    /// Zeros are written for the whole disk.
    case full
}
