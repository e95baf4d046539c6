// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The descriptors that a program is started with.
enum StandardDescriptors {
    private static let gaps = (0...2).filter { fcntl($0, F_GETFD) < 0 }
        .map { _ in FileHandle(forUpdatingAtPath: "/dev/null") }

    /// Opens the null device for those of 0, 1 and 2 that are closed.
    ///
    /// Otherwise an image would get one of these numbers, and our words would be written to it.
    static func fillGaps() { _ = gaps }
}
