// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Terminal

extension CollapseError {
    /// The program's exit code for an error, as its help documents it.
    func exitCode(stoppedBy signal: StopSignals.Signal?) -> Int32 {
        switch code {
        case .inputOutput: 1
        case .damagedImage, .unsupportedImage, .brokenChain, .notAllowed, .notFound: 2
        case .targetExists, .unusableTarget: 3
        case .inUse: 4
        case .verificationFailed: 5
        case .invalidOptions: 64
        case .cancelled: 128 + (signal ?? .interrupt).rawValue
        }
    }

    /// The error; a cancellation says which signal asked for it.
    func naming(_ signal: StopSignals.Signal?, target: String) -> CollapseError {
        guard code == .cancelled, let signal else { return self }
        let words = "stopped by \(signal) before \(target) was complete"
        return CollapseError(.cancelled, message.replacing(CollapseError.cancellation, with: words))
    }
}
