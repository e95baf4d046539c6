// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How far back a deflate stream may refer.
public enum CompressionWindow: String, Hashable, Sendable, CaseIterable {
    /// 4 KiB, as QEMU writes: what every reader of qcow2 images must expect.
    case small = "4k"
    /// 32 KiB, deflate's own limit: smaller files, which QEMU reads though nothing promises it.
    case large = "32k"
}
