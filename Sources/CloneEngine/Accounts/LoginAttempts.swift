// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Makes whoever guesses passwords wait: after some failures, longer each time.
final class LoginAttempts: Sendable {
    struct Key: Hashable, Sendable {
        let name: String
        let address: String
    }

    private struct Record {
        var failures = 0
        var waitsUntil = Date.distantPast
    }

    /// People mistype; so often nobody waits.
    private static let freeFailures = 4
    private static let maximumWaitSeconds: Double = 60
    /// More names and addresses than these are not told apart; who asks for more waits with all.
    private static let maximumRecords = 10_000

    private let records = Mutex<[Key: Record]>([:])

    /// Refuses a try that comes too early.
    func begin(_ key: Key) throws(EngineError) {
        let wait = records.withLock { records in
            (records[key]?.waitsUntil ?? .distantPast).timeIntervalSinceNow
        }
        guard wait > 0 else { return }
        throw EngineError(
            Refusal(
                "TOO_MANY_ATTEMPTS",
                .tooManyRequests,
                "Cannot authenticate user '\(key.name)': too many attempts have failed. "
                    + "Please try again in \(Int(wait.rounded(.up))) s."
            )
        )
    }

    func fail(_ key: Key) {
        records.withLock { records in
            if records.count >= LoginAttempts.maximumRecords, records[key] == nil {
                records = records.filter { $0.value.waitsUntil > Date() }
            }
            guard records.count < LoginAttempts.maximumRecords || records[key] != nil else {
                return
            }
            var record = records[key] ?? Record()
            record.failures += 1
            let excess = record.failures - LoginAttempts.freeFailures
            if excess > 0 {
                let seconds = min(pow(2, Double(excess)), LoginAttempts.maximumWaitSeconds)
                record.waitsUntil = Date(timeIntervalSinceNow: seconds)
            }
            records[key] = record
        }
    }

    func succeed(_ key: Key) { records.withLock { _ = $0.removeValue(forKey: key) } }
}
