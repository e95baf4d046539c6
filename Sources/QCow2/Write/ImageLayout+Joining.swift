// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension [ImageLayout.Placement] {
    /// Appends a placement, as a part of the last one where it continues it.
    mutating func append(joining next: ImageLayout.Placement) {
        if let last, last.guestOffset + last.byteCount == next.guestOffset,
            last.hostOffset.advanced(by: last.byteCount) == next.hostOffset
        {
            self[count - 1].byteCount += next.byteCount
        } else {
            append(next)
        }
    }
}
