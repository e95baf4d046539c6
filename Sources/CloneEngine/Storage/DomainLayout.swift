// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Foundation

/// Where a storage domain keeps what: oVirt's layout of a domain on a file system.
package struct DomainLayout: Hashable, Sendable {
    /// The domain's directory.
    package let path: String

    package init(_ path: String) { self.path = path }

    /// A file that, by its name, is a volume.
    package struct VolumeFile: Hashable, Sendable {
        package let diskID: Disk.ID
        package let volumeID: Volume.ID
        package let path: String
    }

    /// The directory of a disk's volumes.
    package func directory(of disk: Disk.ID) -> String { "\(images)/\(disk)" }

    /// The file of a volume.
    package func path(of volume: Volume.ID, of disk: Disk.ID) -> String {
        "\(directory(of: disk))/\(volume)"
    }

    /// The file with the metadata of the volume that a file is.
    package static func metadata(of volumePath: String) -> String { volumePath + ".meta" }

    /// The files that are volumes, by their paths.
    ///
    /// A volume and its directory have UUIDs for names. Everything else has not: metadata and
    /// leases, what is being made or removed, and what somebody else has put there.
    ///
    /// - Throws: `EngineError` when a directory cannot be read.
    package func volumes() throws(EngineError) -> [VolumeFile] {
        var files: [VolumeFile] = []
        for disk in try DomainLayout.identifiers(in: images) {
            let directory = "\(images)/\(disk)"
            guard case .other? = Directory.kind(of: directory) else { continue }
            for volume in try DomainLayout.identifiers(in: directory) {
                let path = "\(directory)/\(volume)"
                guard case .regular? = Directory.kind(of: path) else { continue }
                files.append(
                    VolumeFile(
                        diskID: Disk.ID(rawValue: disk),
                        volumeID: Volume.ID(rawValue: volume),
                        path: path
                    )
                )
            }
        }
        return files
    }

    var images: String { path + "/images" }

    /// The UUIDs among a directory's names, sorted; none when it was just removed.
    private static func identifiers(in directory: String) throws(EngineError) -> [String] {
        do throws(IOError) {
            return try Directory.names(in: directory).filter { UUID(uuidString: $0) != nil }
                .sorted()
        } catch {
            if error.nothingIsThere { return [] }
            throw EngineError.domain("The storage domain cannot be read: \(error).")
        }
    }
}
