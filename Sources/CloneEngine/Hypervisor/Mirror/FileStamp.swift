// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What changes when a file is written to, or another takes its place.
struct FileStamp: Hashable {
    let fingerprint: String
    let modifiedAt: Date

    /// Looks at a file; nil when there is none.
    init?(of path: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let date = attributes[.modificationDate] as? Date,
            let number = attributes[.systemFileNumber] as? NSNumber,
            let size = attributes[.size] as? NSNumber
        else { return nil }
        let microseconds = Int64((date.timeIntervalSince1970 * 1e6).rounded())
        fingerprint = "\(number):\(size):\(microseconds)"
        modifiedAt = date
    }
}
