// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse

extension CollapseError {
    /// The program's exit code for an error, as its help documents it.
    func exitCode(stoppedBy signal: Int32?) -> Int32 {
        switch code {
        case .inputOutput: 1
        case .damagedImage, .unsupportedImage, .brokenChain, .notFound: 2
        case .targetExists, .unusableTarget: 3
        case .invalidOptions: 64
        case .cancelled: 128 + (signal ?? 2)
        }
    }
}
