// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import GRDB

/// Work that takes a while, and that is finished or undone after a crash.
package struct Job: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<Job>

    package enum Status: String, Codable, Sendable, CaseIterable, DatabaseValueConvertible {
        case started, finished, failed, aborted
    }

    package let id: ID
    /// What is done, for people.
    package let description: String
    package var status: Status
    package let userName: String
    package let correlationID: String
    package let startedAt: Date
    package var endedAt: Date?
    /// Why it failed.
    package var failure: String?
    /// True when somebody has asked it to stop.
    package var isCancelled: Bool
    /// True when a process that dies leaves it to the next that goes on with jobs.
    package let isResumable: Bool
    /// What it does, for whoever goes on with it after a crash.
    package internal(set) var work: JobWork
    /// The VM that it is about.
    package let vmID: VirtualMachine.ID?

    package init(
        id: ID = ID(),
        description: String,
        userName: String,
        correlationID: String,
        startedAt: Date,
        isResumable: Bool = false,
        work: JobWork
    ) {
        (self.id, self.description) = (id, description)
        (self.userName, self.correlationID) = (userName, correlationID)
        (self.startedAt, self.isResumable, self.work) = (startedAt, isResumable, work)
        (status, isCancelled, vmID) = (.started, false, work.vmID)
    }
}

extension Job: FetchableRecord, PersistableRecord {
    static let databaseTableName = "job"
}

/// One disk's part of a job.
package struct JobStep: Codable, Hashable, Sendable, Identifiable {
    package typealias ID = Identifier<JobStep>

    package let id: ID
    package let jobID: Job.ID
    /// The place among the job's steps, from 0.
    package let position: Int
    package let description: String
    package var status: Job.Status
    /// The bytes of data that were copied, and all that are to be.
    package var copiedBytes: UInt64
    package var totalBytes: UInt64
    package var startedAt: Date?
    package var endedAt: Date?

    package init(
        id: ID = ID(),
        jobID: Job.ID,
        position: Int,
        description: String,
        totalBytes: UInt64
    ) {
        (self.id, self.jobID, self.position) = (id, jobID, position)
        (self.description, self.totalBytes) = (description, totalBytes)
        (status, copiedBytes) = (.started, 0)
    }

    /// How much is done, from 0 to 1.
    package var fraction: Double {
        if status == .finished { return 1 }
        return totalBytes == 0 ? 0 : min(1, Double(copiedBytes) / Double(totalBytes))
    }
}

extension JobStep: FetchableRecord, PersistableRecord {
    static let databaseTableName = "jobStep"
}
