// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension Volume {
    /// The bytes that the volume's file occupies; none when it is not there.
    package var allocatedBytes: UInt64 {
        (try? File(readingFrom: path).occupiedBytes()) ?? 0
    }
}

extension ListStorageDomains.Entry {
    /// The bytes of the domain's file system that are taken, by whomever.
    package var usedBytes: UInt64? {
        guard let freeBytes, let total = try? Directory.totalBytes(in: domain.path) else {
            return nil
        }
        return total - min(total, freeBytes)
    }
}
