// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation

/// The sign by which a process tells others that it is at work on a job: a file that it has locked.
///
/// The kernel takes the lock back when the process ends, however that happens.
final class JobOwnership: Sendable {
    private let path: String
    private let file: File

    /// Takes a job over that nobody works on.
    ///
    /// - Throws: `EngineError` when another process does.
    init(of id: Job.ID, in directory: String) throws(EngineError) {
        let jobs = directory + "/jobs"
        path = "\(jobs)/\(id)"
        do {
            let files = FileManager.default
            try files.createDirectory(atPath: jobs, withIntermediateDirectories: true)
            if !files.fileExists(atPath: path) { _ = files.createFile(atPath: path, contents: nil) }
            guard let file = try File.abandoned(path) else {
                throw EngineError(
                    Refusal("JOB_RUNS", .conflict, "Another process is at work on the job \(id).")
                )
            }
            self.file = file
        } catch { throw EngineError(failure: error) }
    }

    /// Ends it for good.
    func end() { try? Directory.remove(path) }
}
