// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a backing file's name leads to.
package enum ResolvedName: Hashable, Sendable {
    case found(path: String, rawOffset: UInt64, rawBytes: UInt64?)
    case refused(reason: String)

    package init(_ name: String, overlayPath: String) {
        do throws(BackingReference.Unusable) {
            let reference = try BackingReference(name: name, overlayPath: overlayPath)
            self = .found(
                path: reference.path,
                rawOffset: reference.rawOffset,
                rawBytes: reference.rawBytes
            )
        } catch {
            self = .refused(reason: error.reason)
        }
    }
}
