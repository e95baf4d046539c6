// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2

extension CollapseTarget.Format {
    /// Refuses what cannot be made.
    func validate(hasBase: Bool) throws(CollapseError) {
        switch self {
        case .raw(let preallocation):
            guard !hasBase else {
                throw CollapseError(
                    .invalidOptions,
                    "a raw image has no backing file: --base needs a qcow2 target"
                )
            }
            guard preallocation != .metadata else {
                throw CollapseError(
                    .invalidOptions,
                    "a raw image has no metadata: preallocation is off, falloc or full"
                )
            }
        case .qcow2(let creation, let format):
            let hasBase = hasBase || creation.backing != nil
            guard format.preallocation == .off || !format.compresses else {
                throw CollapseError(
                    .invalidOptions,
                    "compression and preallocation exclude each other"
                )
            }
            guard format.preallocation == .off || !hasBase else {
                throw CollapseError(
                    .invalidOptions,
                    "preallocation would hide the backing file"
                )
            }
        }
    }
}
