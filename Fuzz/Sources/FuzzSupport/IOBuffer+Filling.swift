// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

extension IOBuffer {
    /// Copies bytes to the front.
    package func fill(with bytes: [UInt8]) {
        withMutableBytes(0..<bytes.count) { span in
            // SAFETY: the span was made as long as the array.
            unsafe span.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
        }
    }
}
