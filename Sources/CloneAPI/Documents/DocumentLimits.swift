// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a request's document may be at most: clients send a hundredth of it.
enum DocumentLimits {
    static let bytes = 1 << 20
    static let depth = 32
    static let elements = 10_000
}
