// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Foundation
internal import GRDB

/// How a disk's volumes share the work: what each has, and how much of it a guest still reads.
package struct DiskSurvey: Hashable, Sendable {
    package struct Layer: Hashable, Sendable {
        package let volume: Volume
        /// The descriptions of the snapshots whose state of the disk it has.
        package let snapshots: [String]
        /// What its file occupies, in bytes.
        package let fileBytes: UInt64
        /// The bytes of data that it has, in each part of the disk.
        package let dataBytesByPart: [UInt64]
        /// Those of them that a guest reads.
        package let visibleBytesByPart: [UInt64]

        package var dataBytes: UInt64 { dataBytesByPart.reduce(0, +) }
        package var visibleBytes: UInt64 { visibleBytesByPart.reduce(0, +) }
    }

    package let disk: Disk
    package let diskBytes: UInt64
    /// The top first.
    package let layers: [Layer]
    /// The bytes that a copy of the disk would have.
    package let writtenBytes: UInt64
}

extension Engine {
    /// Looks at a disk's chain; beside running VMs too, as nothing but tables is read.
    ///
    /// - Parameters:
    ///   - disk: the disk, which is one of volumes.
    ///   - partCount: so many equal parts of the disk are told apart.
    ///   - session: who asks.
    /// - Returns: what each layer has, and what of it is seen.
    /// - Throws: `EngineError`, also when a file of the chain cannot be read.
    package func survey(
        _ disk: Disk.ID,
        partCount: Int,
        as session: Session
    ) throws(EngineError) -> DiskSurvey {
        let entry = try answer(ShowDisk(id: disk), as: session)
        guard let top = entry.volumes.last else {
            let reason = "Disk \(entry.disk.alias) has no volumes."
            throw EngineError(.cannot("show disk", "DISK_HAS_NO_VOLUMES", reason))
        }
        do {
            let survey = try ChainSurvey(
                of: top.path,
                format: top.format.imageFormat,
                partCount: partCount
            )
            let snapshots = try answer(SnapshotsOfVolumes(disk: disk), as: session)
            return DiskSurvey(entry, survey, snapshots)
        } catch let error as EngineError {
            throw error
        } catch { throw EngineError(.library("show disk", "IMAGE_UNUSABLE", error)) }
    }
}

extension DiskSurvey {
    fileprivate init(
        _ entry: ListDisks.Entry,
        _ survey: ChainSurvey,
        _ snapshots: [Volume.ID: [String]]
    ) {
        disk = entry.disk
        (diskBytes, writtenBytes) = (survey.diskBytes, survey.writtenBytes)
        layers = zip(entry.volumes, survey.layers).reversed().map { volume, layer in
            Layer(
                volume: volume,
                snapshots: snapshots[volume.id] ?? [],
                fileBytes: layer.fileBytes,
                dataBytesByPart: layer.dataBytesByPart,
                visibleBytesByPart: layer.visibleBytesByPart
            )
        }
    }
}

/// The descriptions of the snapshots that a disk's volumes have the state of.
private struct SnapshotsOfVolumes: Query {
    let disk: Disk.ID

    func answer(_ context: CommandContext) throws -> [Volume.ID: [String]] {
        let rows = try SQLRequest<Row>(
            literal: """
                SELECT snapshotVolume.volumeID, snapshot.description FROM snapshotVolume
                    JOIN snapshot ON snapshot.id = snapshotVolume.snapshotID
                    WHERE snapshotVolume.diskID = \(disk) ORDER BY snapshot.createdAt
                """
        ).fetchAll(context.database)
        return rows.reduce(into: [:]) { names, row in
            names[Volume.ID(rawValue: row["volumeID"]), default: []].append(row["description"])
        }
    }
}
