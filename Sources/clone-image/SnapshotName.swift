// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// A snapshot as `-l` names it.
struct SnapshotName {
    private let text: String
    private let list: QemuOptionList?

    init(_ text: String) throws {
        self.text = text
        guard text.hasPrefix("snapshot.") else {
            list = nil
            return
        }
        let list = try QemuOptionList([text])
        for (key, _) in list.options where !["snapshot.id", "snapshot.name"].contains(key) {
            throw ValidationError("Failed in parsing snapshot param '\(text)'")
        }
        self.list = list
    }

    /// What names the snapshot without doubt.
    func id(in source: CollapseSource) throws -> String {
        guard let list else { return text }
        let snapshots = try ImageInformation(
            of: source.path,
            format: source.format,
            sharesWithWriters: source.sharesWithWriters
        ).snapshots
        let match = snapshots.first { snapshot in
            (list["snapshot.id"] ?? snapshot.id) == snapshot.id
                && (list["snapshot.name"] ?? snapshot.name) == snapshot.name
        }
        guard let match else {
            throw CollapseError(.notFound, "\(source.path): there is no snapshot with \(text)")
        }
        return match.id
    }
}
