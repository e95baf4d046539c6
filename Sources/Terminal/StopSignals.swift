// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Listens for the signals that ask a program to stop.
package struct StopSignals {
    /// A signal by its number.
    package enum Signal: Int32, CaseIterable, CustomStringConvertible {
        case hangUp = 1
        case interrupt = 2
        case terminate = 15

        package var description: String {
            switch self {
            case .hangUp: "SIGHUP"
            case .interrupt: "SIGINT"
            case .terminate: "SIGTERM"
            }
        }
    }

    private struct State {
        var first: Signal?
        var stop: (@Sendable (Signal) -> Void)?
    }

    private final class Listener: Sendable {
        let state = Mutex(State())

        func hear(_ signal: Signal) {
            let stop = state.withLock { state in
                state.first = state.first ?? signal
                return state.stop
            }
            stop?(signal)
        }
    }

    private let listener = Listener()
    private let sources: [any DispatchSourceSignal]

    /// Listens when it is made; a signal that comes earlier ends the program, and none is lost.
    ///
    /// Signals that the caller has ignored, as `nohup` does, stay ignored.
    package init() {
        let ignored = StopSignals.ignoredAtStart
        // Neither a reader that goes away nor a limit on file sizes may end the program in the middle.
        for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
        sources = Signal.allCases.filter { ignored >> ($0.rawValue - 1) & 1 == 0 }.map {
            [listener] kind in
            let source = DispatchSource.makeSignalSource(signal: kind.rawValue, queue: .global())
            source.setEventHandler { listener.hear(kind) }
            source.resume()
            // Dispatch's own thread installs what hears them; a thread that told of it would cost more.
            while isFatal(signal: kind.rawValue) { sched_yield() }
            return source
        }
    }

    /// Calls `stop` for each signal, and at once if one has come already.
    package func callWhenReceived(_ stop: @escaping @Sendable (Signal) -> Void) {
        let first = listener.state.withLock { state in
            state.stop = stop
            return state.first
        }
        if let first { stop(first) }
    }

    /// The first signal that came, if one did.
    package var received: Signal? { listener.state.withLock { $0.first } }

    /// A bit for each ignored signal, the lowest for signal 1.
    private static var ignoredAtStart: UInt64 {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        return line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
    }
}
