// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How an image's compressed clusters are compressed: header byte 104.
public enum CompressionType: UInt8, Hashable, Sendable, CaseIterable {
    /// Raw deflate streams, called zlib by the format.
    case zlib = 0
    case zstd = 1

    /// The name that `qemu-img` gives it.
    public var name: String { self == .zlib ? "zlib" : "zstd" }
}
