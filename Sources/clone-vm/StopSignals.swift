// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Listens for the signals that ask a program to stop.
struct StopSignals {
    private struct State {
        var first: Int32?
        var stop: (@Sendable () -> Void)?
    }

    /// The signals by name.
    private static let names = [SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGTERM: "SIGTERM"]

    private let listener = Listener()
    private let sources: [any DispatchSourceSignal]

    /// Listens from now on; what the caller has ignored, as `nohup` does, stays ignored.
    init() {
        // A reader that goes away must not end the program in the middle.
        _ = signal(SIGPIPE, SIG_IGN)
        let ignored = StopSignals.ignoredAtStart
        sources = StopSignals.names.keys.filter { ignored >> ($0 - 1) & 1 == 0 }
            .map(listener.source)
    }

    /// The first signal that came, if one did.
    var received: Int32? { listener.state.withLock { $0.first } }

    /// The name of the first signal that came.
    var receivedName: String? { received.flatMap { StopSignals.names[$0] } }

    /// Calls `stop` for each signal, and at once if one has come already.
    func callWhenReceived(_ stop: @escaping @Sendable () -> Void) {
        listener.state.withLock { $0.stop = stop }
        if received != nil { stop() }
    }

    private final class Listener: Sendable {
        let state = Mutex(State())

        func source(for number: Int32) -> any DispatchSourceSignal {
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { self.hear(number) }
            source.resume()
            return source
        }

        private func hear(_ number: Int32) {
            let stop = state.withLock { state in
                state.first = state.first ?? number
                return state.stop
            }
            stop?()
        }
    }

    /// A bit for each ignored signal, the lowest for signal 1.
    private static var ignoredAtStart: UInt64 {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
    }
}
