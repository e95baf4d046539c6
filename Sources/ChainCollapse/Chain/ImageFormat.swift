// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The formats of images that are read and written.
public enum ImageFormat: String, Hashable, Sendable, CaseIterable {
    case raw
    case qcow2
}
