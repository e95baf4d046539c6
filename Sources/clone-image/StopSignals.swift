// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Glibc
internal import Synchronization

/// Listens for the signals that ask a program to stop.
struct StopSignals {
    private final class First: Sendable {
        let number = Mutex<Int32?>(nil)
    }

    private let first = First()
    private let sources: [any DispatchSourceSignal]

    /// - Parameter stop: called for each signal.
    init(_ stop: @escaping @Sendable () -> Void) {
        // A reader of our output that goes away must not end the program in the middle.
        _ = signal(SIGPIPE, SIG_IGN)
        sources = [SIGHUP, SIGINT, SIGTERM].map { [first] number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                first.number.withLock { $0 = $0 ?? number }
                stop()
            }
            source.resume()
            return source
        }
    }

    /// The first signal that came, if one did.
    var received: Int32? { first.number.withLock { $0 } }
}
