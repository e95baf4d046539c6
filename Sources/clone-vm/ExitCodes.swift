// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

extension EngineError {
    /// The program's exit code for an error, as its help documents it.
    var exitCode: ExitCode {
        switch kind {
        case .internalError: ExitCode(1)
        case .badRequest: ExitCode(2)
        case .conflict: ExitCode(3)
        case .notFound: ExitCode(4)
        case .forbidden, .unauthenticated, .tooManyRequests: ExitCode(5)
        }
    }
}

extension Job {
    /// The exit code of who has waited for a job that has ended.
    var exitCode: ExitCode {
        switch status {
        case .started, .finished: ExitCode(0)
        case .failed: ExitCode(1)
        case .aborted: ExitCode(3)
        }
    }
}
