// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// Something that happened, for people and for who looks after them.
package struct Event: Codable, Hashable, Sendable, Identifiable {
    package enum Severity: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case normal, warning, error, alert
    }

    /// The place in the order of events, from 1; nil before it is stored.
    package private(set) var id: Int64?
    package let code: Int
    package let severity: Severity
    package let message: String
    package let time: Date
    package let correlationID: String?
    package let userName: String?
    package let vmID: VirtualMachine.ID?
    package let jobID: Job.ID?

    /// An event with its code's severity and text.
    package init(
        _ kind: Kind,
        time: Date,
        correlationID: String? = nil,
        userName: String? = nil,
        vmID: VirtualMachine.ID? = nil,
        jobID: Job.ID? = nil
    ) {
        (code, severity, message) = (kind.code, kind.severity, kind.message)
        (self.time, self.correlationID) = (time, correlationID)
        (self.userName, self.vmID, self.jobID) = (userName, vmID, jobID)
    }
}

extension Event: FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "event"

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}
