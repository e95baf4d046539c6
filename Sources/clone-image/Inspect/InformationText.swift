// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse

/// What an image says of itself, in `qemu-img`'s lines for people.
struct InformationText {
    let image: ImageInformation

    init(_ image: ImageInformation) { self.image = image }

    var text: String {
        let size = ShortSize(image.diskBytes).text
        var lines = [
            "image: \(image.path)",
            "file format: \(image.format.rawValue)",
            "virtual size: \(size) (\(image.diskBytes) bytes)",
            "disk size: \(ShortSize(image.allocatedBytes).text)",
        ]
        if let details = image.details {
            if details.isEncrypted { lines.append("encrypted: yes") }
            lines.append("cluster_size: \(details.clusterBytes)")
            if details.isDirty { lines.append("cleanly shut down: no") }
        }
        if let backing = image.backing { lines += self.lines(of: backing) }
        return lines.map { $0 + "\n" }.joined() + SnapshotTable(snapshots: image.snapshots).text
            + specific
    }

    private func lines(of backing: ImageInformation.Backing) -> [String] {
        let place = backing.path == backing.name ? "" : " (actual path: \(backing.path))"
        return ["backing file: \(backing.name)\(place)"]
            + (backing.format.map { ["backing file format: \($0)"] } ?? [])
    }

    private var specific: String {
        InformationRecord(image).specific.map {
            "Format specific information:\n" + $0.lines("    ")
        } ?? ""
    }
}
