// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Terminal

extension Client {
    /// Waits until a job of this process has ended; a signal cancels it, and it is undone then.
    ///
    /// - Throws: `EngineError` when it fails, `ExitCode` when a signal has stopped it.
    func finish(_ job: RunningJob, isQuiet: Bool, _ signals: StopSignals) async throws {
        signals.callWhenReceived { _ in job.cancel() }
        let display = try display(of: job.job, isQuiet: isQuiet)
        var last: [JobStep] = []
        for await steps in job.progress {
            last = steps
            display.show(steps)
        }
        do throws(EngineError) {
            try await job.finish()
            display.end(last, isDone: true)
        } catch {
            display.end(last, isDone: false)
            guard let signal = signals.received, error.isCancellation else { throw error }
            stop(job.job, by: signal, error)
            throw ExitCode(128 + signal.rawValue)
        }
    }

    private func stop(_ job: Job, by signal: StopSignals.Signal, _ error: EngineError) {
        if isJSON { Output.print(ErrorDocument(error).text) }
        Output.complain("stopped by \(signal): \(job.description) was undone")
    }
}

extension EngineError {
    fileprivate var isCancellation: Bool { refusals.contains { $0.key == "JOB_CANCELLED" } }
}
