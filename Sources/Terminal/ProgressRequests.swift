// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Glibc

/// Listens for SIGUSR1, which asks a program how far its work is.
package struct ProgressRequests {
    private let source: any DispatchSourceSignal

    /// Calls `answer` for each signal, as long as this lives.
    package init(_ answer: @escaping @Sendable () -> Void) {
        ProgressRequests.ignore()
        source = DispatchSource.makeSignalSource(signal: SIGUSR1, queue: .global())
        source.setEventHandler(handler: answer)
        source.resume()
    }

    /// Lets nobody who asks end the program.
    package static func ignore() { _ = signal(SIGUSR1, SIG_IGN) }
}
