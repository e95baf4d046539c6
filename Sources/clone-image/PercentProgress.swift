// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import Synchronization
internal import Terminal

/// How far the work is, as `qemu-img -p` shows it on standard output.
final class PercentProgress: Sendable {
    private let isShown: Bool
    /// What was shown last, in hundredths of a per cent.
    private let shown = Mutex(0)

    /// Does the work, shows how far it is, and tells an error.
    ///
    /// - Throws: what the program ends with.
    static func run(_ collapse: Collapse, isShown: Bool) async throws -> CollapseReport {
        let signals = StopSignals()
        let job = collapse.start()
        signals.callWhenReceived { _ in job.cancel() }
        let display = PercentProgress(isShown: isShown)
        let requests = ProgressRequests { display.answer() }
        defer { withExtendedLifetime(requests) {} }
        for await value in job.progress { display.update(value) }
        do throws(CollapseError) {
            let report = try await job.report()
            display.complete()
            display.end()
            return report
        } catch {
            display.end()
            let target = collapse.target.path
            Output.complain(error.naming(signals.received, target: target).message)
            let code = error.exitCode(stoppedBy: signals.received)
            throw error.code == .cancelled ? ExitCode(code) : ExitCode.failure
        }
    }

    /// Shows that the work begins.
    init(isShown: Bool) {
        self.isShown = isShown
        show(0)
    }

    /// Shows a line for each per cent.
    func update(_ progress: CollapseProgress) {
        let hundredths = Int(progress.fraction * 10_000)
        shown.withLock { shown in
            guard hundredths >= shown + 100, hundredths < 10_000 else { return }
            shown = hundredths
            show(hundredths)
        }
    }

    /// Shows that all is done.
    func complete() { show(10_000) }

    /// Tells how far the work is where that is not shown anyway, as qemu-img does when SIGUSR1 asks.
    func answer() {
        guard !isShown else { return }
        Output.report(PercentProgress.text(shown.withLock { $0 }))
    }

    /// Leaves the line as it is.
    func end() {
        if isShown { Output.print("") }
    }

    private func show(_ hundredths: Int) {
        guard isShown else { return }
        Output.write(PercentProgress.text(hundredths) + "\r", to: 1)
    }

    private static func text(_ hundredths: Int) -> String {
        let fraction = hundredths % 100
        return "    (\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)/100%)"
    }
}
