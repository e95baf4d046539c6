// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension QemuImg {
    /// One extent of `qemu-img map`.
    public struct MapEntry: Decodable, Equatable, Sendable {
        /// The first byte of the extent on the virtual disk.
        public let start: Int

        /// The number of bytes.
        public let length: Int

        /// The layer that holds the extent: 0 is the top.
        public let depth: Int

        /// Whether any layer has something to say about the extent; not reported by old versions.
        public let present: Bool?

        /// Whether the extent is known to read as zeros.
        public let zero: Bool

        /// Whether the extent is allocated as data.
        public let data: Bool

        /// The place in the layer's file, if the data is there as it is read.
        public let offset: Int?
    }

    /// What `qemu-img check` found; absent means none.
    struct CheckReport: Decodable {
        let corruptions: Int?
        let leaks: Int?
        let checkErrors: Int

        enum CodingKeys: String, CodingKey {
            case corruptions, leaks
            case checkErrors = "check-errors"
        }

        var isClean: Bool {
            (corruptions ?? 0) + (leaks ?? 0) + checkErrors == 0
        }
    }
}
