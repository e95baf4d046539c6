// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Metrics
internal import Synchronization

/// One thing that is counted or measured.
final class MetricSeries: Sendable {
    enum Kind: String, Sendable { case counter, gauge, summary }

    private struct State {
        var value: Double = 0
        var count = 0
    }

    let kind: Kind
    private let state = Mutex(State())

    init(_ kind: Kind) { self.kind = kind }

    /// Adds to the value.
    private func add(_ amount: Double) {
        state.withLock { state in
            state.value += amount
            state.count += 1
        }
    }

    private func put(_ value: Double) { state.withLock { $0.value = value } }

    /// Its lines, below its name.
    func lines(_ name: MetricName) -> String {
        let state = state.withLock { $0 }
        guard kind == .summary else { return "\(name.family)\(name.labels) \(state.value)\n" }
        return "\(name.family)_sum\(name.labels) \(state.value)\n"
            + "\(name.family)_count\(name.labels) \(state.count)\n"
    }
}

extension MetricSeries: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    func increment(by amount: Int64) { add(Double(amount)) }
    func increment(by amount: Double) { add(amount) }
    func decrement(by amount: Double) { add(-amount) }
    func set(_ value: Int64) { put(Double(value)) }
    func set(_ value: Double) { put(value) }
    func reset() { put(0) }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { kind == .summary ? add(value) : put(value) }
    func recordNanoseconds(_ duration: Int64) { add(Double(duration) / 1e9) }
}
