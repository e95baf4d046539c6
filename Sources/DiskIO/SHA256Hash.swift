// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// A SHA-256 hash.
package struct SHA256Hash: Hashable, Sendable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// The hash of some bytes.
    package init(of bytes: [UInt8]) { self.bytes = Array(SHA256.hash(data: bytes)) }

    /// The hash of a prefix and what follows it.
    package init(of prefix: [UInt8], _ rest: RawSpan) {
        var hasher = SHA256()
        hasher.update(data: prefix)
        // SAFETY: the span's own memory, for the length of the call.
        unsafe rest.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        bytes = Array(hasher.finalize())
    }
}
