// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation

extension DomainLayout {
    /// Makes the directory of a disk's volumes, and returns when it is on stable storage.
    func makeDirectory(of disk: Disk.ID) throws {
        try FileManager.default.createDirectory(
            atPath: directory(of: disk),
            withIntermediateDirectories: true
        )
        try Directory.flush(images)
    }
}

extension Volume {
    /// True for a file that lies as oVirt lays it: in a folder of its disk's.
    private var isInImages: Bool {
        Directory.name(of: Directory.parent(of: path)) == diskID.rawValue
    }

    /// Writes what the volume's domain says of it; a file that was adopted has nothing of the kind.
    func writeMetadata(of disk: Disk, kind: VolumeMetadata.Kind = .leaf) throws {
        guard let domainID, isInImages else { return }
        let metadata = VolumeMetadata(
            of: self,
            domainID: domainID,
            kind: kind,
            alias: disk.alias,
            description: disk.description
        )
        try metadata.write(to: DomainLayout.metadata(of: path))
    }
}
