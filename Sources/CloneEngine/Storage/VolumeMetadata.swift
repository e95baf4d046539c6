// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What the file beside a volume, `.meta`, says of it: the fifth version of vdsm's format.
package struct VolumeMetadata: Hashable, Sendable {
    /// A volume's place in its chain.
    package enum Kind: String, Sendable, CaseIterable {
        /// The top, that a VM writes to.
        case leaf = "LEAF"
        /// One that others stand on.
        case inner = "INTERNAL"
        /// A template's, that chains of several disks stand on.
        case shared = "SHARED"
    }

    package var domainID: StorageDomain.ID
    package var diskID: Disk.ID
    /// The volume below; nil when there is none.
    package var parentID: Volume.ID?
    package var kind: Kind
    package var shape: VolumeShape
    package var capacityBytes: UInt64
    /// False while the content is being made.
    package var isLegal: Bool
    /// When the volume was made, to the second.
    package var createdAt: Date
    /// The disk's alias and description, as much of them as the format has room for.
    package var alias: String
    package var description: String
    /// What the disk is for: `DATA`, and others that oVirt keeps for itself.
    package var diskType = "DATA"
    /// How often the volume's content was replaced, from 0 to 999.
    package var generation = 0
    /// The volume's number among those that its disk ever had.
    package var sequence = 0

    package init(
        of volume: Volume,
        domainID: StorageDomain.ID,
        kind: Kind,
        alias: String,
        description: String
    ) {
        (self.domainID, diskID, parentID) = (domainID, volume.diskID, volume.parentID)
        (self.kind, shape) = (kind, VolumeShape(volume.format, volume.allocation))
        (capacityBytes, isLegal) = (volume.capacityBytes, volume.status == .ok)
        (createdAt, self.alias, self.description) = (volume.createdAt, alias, description)
    }

    /// Reads a text of the fifth version or the fourth.
    ///
    /// - Returns: nil when a value is missing or impossible, or the end is.
    package init?(text: String) {
        let values = MetadataFile.values(in: text)
        guard MetadataFile.lines(of: text).contains(where: { String($0) == "EOF" }),
            let domain = values["DOMAIN"], let disk = values["IMAGE"], let parent = values["PUUID"],
            let kind = values["VOLTYPE"].flatMap(Kind.init), let shape = VolumeShape(values),
            let capacityBytes = VolumeMetadata.capacityBytes(values),
            let legality = values["LEGALITY"], let seconds = values["CTIME"].flatMap(UInt32.init),
            let generation = Int(values["GEN"] ?? "0"), (0..<1000).contains(generation),
            let sequence = Int(values["SEQ"] ?? "0"), sequence >= 0
        else { return nil }
        domainID = StorageDomain.ID(rawValue: domain)
        diskID = Disk.ID(rawValue: disk)
        parentID = parent == VolumeMetadata.noParent ? nil : Volume.ID(rawValue: parent)
        (self.kind, self.shape, self.capacityBytes) = (kind, shape, capacityBytes)
        isLegal = legality == "LEGAL"
        createdAt = Date(timeIntervalSince1970: Double(seconds))
        let names = Names(text: values["DESCRIPTION"] ?? "")
        (alias, description) = (names.alias, names.description)
        diskType = values["DISKTYPE"] ?? diskType
        (self.generation, self.sequence) = (generation, sequence)
    }

    /// The text of the fifth version: at most 512 bytes.
    package var text: String {
        let values = [
            "CAP": "\(capacityBytes)",
            "CTIME": "\(UInt32(clamping: Int64(createdAt.timeIntervalSince1970)))",
            "DESCRIPTION": Names(alias: alias, description: description).text,
            "DISKTYPE": diskType,
            "DOMAIN": domainID.rawValue,
            "FORMAT": shape.format.rawValue.uppercased(),
            "GEN": "\(generation)",
            "IMAGE": diskID.rawValue,
            "LEGALITY": isLegal ? "LEGAL" : "ILLEGAL",
            "PUUID": parentID?.rawValue ?? VolumeMetadata.noParent,
            "SEQ": "\(sequence)",
            "TYPE": shape.allocation.rawValue.uppercased(),
            "VOLTYPE": kind.rawValue,
        ]
        return (MetadataFile.lines(of: values) + ["EOF\n"]).joined(separator: "\n")
    }

    /// Writes the text in one step that a crash cannot interrupt.
    ///
    /// - Throws: `EngineError` when it cannot be written.
    package func write(to path: String) throws(EngineError) {
        try MetadataFile.write(text, to: path)
    }

    private static let noParent = "00000000-0000-0000-0000-000000000000"

    /// The capacity: in bytes in the fifth version, in blocks of 512 bytes before.
    private static func capacityBytes(_ values: [String: String]) -> UInt64? {
        let (name, unitBytes) = values["CAP"] == nil ? ("SIZE", 512) : ("CAP", 1)
        guard let count = values[name].flatMap(Int64.init), count >= 0,
            count <= Int64.max / Int64(unitBytes)
        else { return nil }
        return UInt64(count) * UInt64(unitBytes)
    }
}

extension VolumeShape {
    fileprivate init?(_ values: [String: String]) {
        guard let format = values["FORMAT"].flatMap({ Volume.Format(rawValue: $0.lowercased()) }),
            let type = values["TYPE"].flatMap({ Volume.Allocation(rawValue: $0.lowercased()) })
        else { return nil }
        self.init(format, type)
    }
}

/// A disk's names as JSON.
private struct Names {
    /// The most that vdsm keeps.
    static let maximumBytes = 210
    private static let keys = (alias: "DiskAlias", description: "DiskDescription")

    var alias: String
    var description: String

    init(alias: String, description: String) {
        (self.alias, self.description) = (alias, description)
    }

    /// Reads the JSON; what is none is a description.
    init(text: String) {
        let names = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        alias = names?[Names.keys.alias] ?? ""
        description = names.map { $0[Names.keys.description] ?? "" } ?? text
    }

    /// The JSON, cut by whole characters: first the description, then the alias.
    var text: String {
        var names = Names(alias: alias, description: "")
        names.cut(\.alias)
        names.description = description
        names.cut(\.description)
        return names.json
    }

    /// Takes from the end of one name what there is no room for.
    private mutating func cut(_ name: WritableKeyPath<Names, String>) {
        let whole = self[keyPath: name]
        // No character takes less than a byte.
        var counts = 0...min(whole.count, Names.maximumBytes)
        while counts.count > 1 {
            let middle = (counts.lowerBound + counts.upperBound + 1) / 2
            self[keyPath: name] = String(whole.prefix(middle))
            let fits = json.utf8.count <= Names.maximumBytes
            counts = fits ? middle...counts.upperBound : counts.lowerBound...(middle - 1)
        }
        self[keyPath: name] = String(whole.prefix(counts.lowerBound))
    }

    private var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let names = [Names.keys.alias: alias, Names.keys.description: description]
        return String(decoding: (try? encoder.encode(names)) ?? Data(), as: UTF8.self)
    }
}
