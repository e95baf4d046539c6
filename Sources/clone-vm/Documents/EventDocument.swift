// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import Terminal

/// Something that happened.
struct EventDocument: TableRow {
    /// The place in the order of events.
    let id: Int64
    let code: Int
    /// `normal`, `warning`, `error` or `alert`.
    let severity: String
    let message: String
    let time: Date
    let correlationID: String?
    let userName: String?
    let vmID: String?
    let jobID: String?

    init(_ event: Event) {
        (id, code) = (event.id ?? 0, event.code)
        (severity, message) = (event.severity.rawValue, event.message)
        (time, correlationID) = (event.time, event.correlationID)
        (userName, vmID) = (event.userName, event.vmID?.rawValue)
        jobID = event.jobID?.rawValue
    }

    static let columns: [Column<Self>] = [
        .number("ID") { "\($0.id)" }, Column("TIME") { local($0.time) },
        .number("CODE") { "\($0.code)" }, Column("SEVERITY", \.severity),
        Column("MESSAGE", \.message),
    ]

    /// The event as it passes by.
    var line: String { "\(local(time))  \(padded(severity, to: 8))  \(message)" }
}
