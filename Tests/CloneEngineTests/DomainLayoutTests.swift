// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

@Suite("A storage domain's directory")
struct DomainLayoutTests {
    private let directory: TemporaryDirectory
    private let layout: DomainLayout

    init() throws {
        directory = try TemporaryDirectory()
        layout = DomainLayout(directory.path("domain"))
    }

    private func put(_ path: String, _ text: String = "") throws {
        let url = URL(filePath: layout.path + "/" + path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    @Test("volumes lie where vdsm puts them")
    func places() {
        let (disk, volume) = (Disk.ID(rawValue: "d"), Volume.ID(rawValue: "v"))
        let layout = DomainLayout("/domain")
        #expect(layout.directory(of: disk) == "/domain/images/d")
        #expect(layout.path(of: volume, of: disk) == "/domain/images/d/v")
        #expect(DomainLayout.metadata(of: "/domain/images/d/v") == "/domain/images/d/v.meta")
    }

    @Test("volumes are listed, and nothing that is none")
    func listing() throws {
        let disks = [Disk.ID(), Disk.ID()].sorted { $0.rawValue < $1.rawValue }
        let volumes = [Volume.ID(), Volume.ID()].sorted { $0.rawValue < $1.rawValue }
        for disk in disks {
            for volume in volumes {
                for suffix in ["", ".meta", ".lease", ".meta.new", ".new"] {
                    try put("images/\(disk)/\(volume)\(suffix)")
                }
                try put("images/\(disk)/.\(volume).0123456789abc.clone-image-partial")
                try put("images/\(disk)/.\(volume).0123456789abc.clone-image-journal")
                try put("images/_remove_me_\(disk)/\(volume)")
                try put("images/_remove_me_ZERO_\(disk)/\(volume)")
                try put("images/lost+found/\(volume)")
            }
            try put("images/\(disk)/README")
            try put("images/\(disk)/\(Volume.ID())/in a directory")
        }
        try put("images/\(Disk.ID())")
        try put("images/\(Disk.ID())/.keep")
        try put("other/\(Disk.ID())/\(Volume.ID())")
        let expected = disks.flatMap { disk in
            volumes.map { volume in
                DomainLayout.VolumeFile(
                    diskID: disk,
                    volumeID: volume,
                    path: layout.path(of: volume, of: disk)
                )
            }
        }
        #expect(try layout.volumes() == expected)
    }

    @Test("a domain without images has none, one that cannot be read is an error")
    func empty() throws {
        #expect(try layout.volumes() == [])
        try put("images", "a file")
        #expect(throws: EngineError.self) { try layout.volumes() }
    }

    @Test("a new domain says who it is, with the right checksum")
    func create() throws {
        let metadata = DomainMetadata(id: StorageDomain.ID(), name: "a = b\nc ü")
        #expect(try layout.metadata() == nil)
        try layout.create(metadata)
        let read = try #require(try layout.metadata())
        #expect(read.id == metadata.id)
        #expect(read.name == "a = b c ü")
        #expect(try layout.volumes() == [])
        let text = try String(contentsOfFile: layout.metadataPath, encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines == lines.sorted() && lines.contains("VERSION=5"))
        let script = "head -n -1 \"$1\" | tr -d '\\n' | sha1sum | cut -d ' ' -f 1"
        let sum = try Command.runSuccessfully("sh", ["-c", script, "sh", layout.metadataPath]).text
        #expect(lines.last.map { $0 + "\n" } == "_SHA_CKSUM=\(sum)")
    }

    private let known = """
        ALIGNMENT=1048576
        BLOCK_SIZE=512
        CLASS=Data
        DESCRIPTION=storage domain
        IOOPTIMEOUTSEC=10
        LEASERETRIES=3
        LEASETIMESEC=60
        LOCKPOLICY=
        LOCKRENEWALINTERVALSEC=5
        POOL_UUID=
        REMOTE_PATH=server:/path
        ROLE=Regular
        SDUUID=275766cb-c7d8-43d6-a663-4e52160de620
        TYPE=LOCALFS
        VERSION=5
        _SHA_CKSUM=9336f77705ff9e3d5faf65c4d0dc818a29de458d

        """

    @Test("a domain that vdsm made is known by its id")
    func vdsm() throws {
        try put("dom_md/metadata", known)
        let metadata = try #require(try layout.metadata())
        #expect(metadata.id.rawValue == "275766cb-c7d8-43d6-a663-4e52160de620")
        #expect(metadata.name == "storage domain")
    }

    @Test(
        "metadata with a wrong checksum or no id is refused",
        arguments: [
            ("ROLE=Regular", "ROLE=Master"), ("SDUUID=27", "SDUUID=28"),
            ("_SHA_CKSUM=9", "_SHA_CKSUM=8"),
            ("_SHA_CKSUM=9336f77705ff9e3d5faf65c4d0dc818a29de458d", ""), ("VERSION=5\n", ""),
        ]
    )
    func damaged(part: String, replacement: String) throws {
        #expect(known.contains(part))
        try put("dom_md/metadata", known.replacing(part, with: replacement))
        let error = try #require(throws: EngineError.self) { _ = try layout.metadata() }
        #expect(error.description.contains("checksum"))
    }

    @Test("a file of another kind or size in the place of the metadata is refused")
    func foreign() throws {
        try put("dom_md/metadata", String(repeating: "A=B\n", count: 20_000))
        #expect(throws: EngineError.self) { try layout.metadata() }
        try FileManager.default.removeItem(atPath: layout.metadataPath)
        try put("dom_md/metadata/a")
        #expect(throws: EngineError.self) { try layout.metadata() }
    }
}
