// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import Metrics
internal import Synchronization

/// Keeps what is counted and measured, and writes it as Prometheus reads it.
package final class PrometheusMetrics: MetricsFactory {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"
    /// Who makes names up makes no more than these.
    private static let maximumSeries = 5000

    private let series = Mutex<[MetricName: MetricSeries]>([:])

    package init() {}

    /// All that is known, in the order of its names.
    var text: String {
        let all = series.withLock { Array($0) }.sorted { $0.key < $1.key }
        var (lines, family) = ("", "")
        for (name, series) in all {
            if name.family != family {
                family = name.family
                lines += "# TYPE \(family) \(series.kind.rawValue)\n"
            }
            lines += series.lines(name)
        }
        return lines
    }

    private func series(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: MetricSeries.Kind
    ) -> MetricSeries {
        let name = MetricName(label, dimensions, suffix: kind == .counter ? "_total" : "")
        return series.withLock { all in
            if let known = all[name], known.kind == kind { return known }
            let new = MetricSeries(kind)
            if all.count < PrometheusMetrics.maximumSeries { all[name] = new }
            return new
        }
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, aggregate ? .summary : .gauge)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label + ".seconds", dimensions, .summary)
    }

    // What was counted once stays.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
