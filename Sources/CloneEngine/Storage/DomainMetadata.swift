// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// What `dom_md/metadata` says of a storage domain: the fifth version of vdsm's format.
package struct DomainMetadata: Hashable, Sendable {
    package let id: StorageDomain.ID
    package var name: String

    package init(id: StorageDomain.ID, name: String) { (self.id, self.name) = (id, name) }

    /// Reads a text of any version.
    ///
    /// - Throws: `EngineError` when the checksum is wrong, or the domain is of another class.
    package init(text: String, path: String) throws(EngineError) {
        var values = MetadataFile.values(in: text)
        let checksum = values.removeValue(forKey: DomainMetadata.checksumKey)
        guard checksum == DomainMetadata.checksum(of: MetadataFile.lines(of: values)) else {
            throw EngineError.domain(
                "\(path): the metadata of the storage domain is damaged: its checksum is wrong."
            )
        }
        guard let id = values["SDUUID"], UUID(uuidString: id) != nil, values["CLASS"] == "Data"
        else {
            throw EngineError.domain("\(path): this is no storage domain for disks.")
        }
        self.init(id: StorageDomain.ID(rawValue: id), name: values["DESCRIPTION"] ?? "")
    }

    /// The text of the fifth version, for a domain at a path.
    package func text(path: String) -> String {
        let lines = MetadataFile.lines(of: [
            "ALIGNMENT": "1048576",
            "BLOCK_SIZE": "512",
            "CLASS": "Data",
            "DESCRIPTION": name,
            "IOOPTIMEOUTSEC": "10",
            "LEASERETRIES": "3",
            "LEASETIMESEC": "60",
            "LOCKPOLICY": "",
            "LOCKRENEWALINTERVALSEC": "5",
            "POOL_UUID": "",
            "REMOTE_PATH": path,
            "ROLE": "Regular",
            "SDUUID": id.rawValue,
            "TYPE": "LOCALFS",
            "VERSION": "5",
        ])
        let last = "\(DomainMetadata.checksumKey)=\(DomainMetadata.checksum(of: lines))\n"
        return (lines + [last]).joined(separator: "\n")
    }

    private static let checksumKey = "_SHA_CKSUM"

    /// The SHA-1 of the lines, one directly behind the other.
    private static func checksum(of lines: [String]) -> String {
        Insecure.SHA1.hash(data: Data(lines.joined().utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension DomainLayout {
    /// Where a domain's metadata stands.
    package var metadataPath: String { path + "/dom_md/metadata" }

    /// What the directory says of itself; nil when it is no domain.
    ///
    /// - Throws: `EngineError` when what it says is damaged.
    package func metadata() throws(EngineError) -> DomainMetadata? {
        guard let text = try MetadataFile.read(metadataPath) else { return nil }
        return try DomainMetadata(text: text, path: metadataPath)
    }

    /// Makes the directory a domain, its metadata last.
    ///
    /// - Throws: `EngineError` when a directory or file cannot be made.
    package func create(_ metadata: DomainMetadata) throws(EngineError) {
        do {
            for directory in [images, path + "/dom_md"] {
                try FileManager.default.createDirectory(
                    atPath: directory,
                    withIntermediateDirectories: true
                )
            }
        } catch {
            throw EngineError.domain("The storage domain \(path) cannot be made: \(error).")
        }
        try MetadataFile.write(metadata.text(path: path), to: metadataPath)
    }
}
