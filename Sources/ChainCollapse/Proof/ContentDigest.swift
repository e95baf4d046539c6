// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// A digest of what a guest reads from a disk, whatever the format that holds it.
///
/// Two disks of one size read the same exactly when their digests are equal, as far as SHA-256 can
/// be trusted. `docs/digest.md` defines it.
public struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
    /// What a digest's text begins with; another definition will have another name.
    public static let scheme = "sha256-tree-1"

    /// The 32 bytes of the root.
    public let bytes: [UInt8]

    init(_ hash: SHA256Hash) { bytes = hash.bytes }

    /// The scheme, a colon and 64 hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "\(ContentDigest.scheme):\(String(decoding: text, as: UTF8.self))"
    }
}
