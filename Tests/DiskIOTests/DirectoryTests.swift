// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Names in directories")
struct DirectoryTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a file that is published has its new name and no other")
    func publishing() throws {
        let temporary = try directory.file("temporary", [1])
        try Directory.publish(temporary, as: directory.path("final"))
        #expect(try directory.names() == ["final"])
        #expect(try contents(directory.path("final")) == [1])
    }

    @Test("who publishes second loses, and nothing changes", arguments: ["file", "link", "folder"])
    func second(kind: String) throws {
        let temporary = try directory.file("temporary", [1])
        let name = directory.path("final")
        switch kind {
        case "file": _ = try directory.file("final", [2])
        case "link": try Command.runSuccessfully("ln", ["-s", "nowhere", name])
        default: try Command.runSuccessfully("mkdir", [name])
        }
        let error = ioError { () throws(IOError) in try Directory.publish(temporary, as: name) }
        #expect(error?.nameIsTaken == true)
        #expect(error?.path == name)
        #expect(try contents(temporary) == [1])
        #expect(try directory.names() == ["final", "temporary"])
        if kind == "file" { #expect(try contents(name) == [2]) }
    }

    @Test("of eight who publish at once exactly one wins", arguments: 1...20)
    func race(round: Int) throws {
        let candidates = try (0..<8).map { try directory.file("candidate-\($0)", [UInt8($0)]) }
        let name = directory.path("final")
        let outcomes = Mutex<[Int: IOError?]>([:])
        let gate = Gate(8)
        WorkerThreads.run(8) { number in
            gate.wait()
            let error = ioError { () throws(IOError) in
                try Directory.publish(candidates[number], as: name)
            }
            outcomes.withLock { $0[number] = .some(error) }
        }
        let results = outcomes.withLock { $0 }
        let winners = results.filter { $0.value == nil }.keys
        #expect(results.count == 8)
        try #require(winners.count == 1)
        let taken = results.values.count { $0?.nameIsTaken == true }
        #expect(taken == 7)
        #expect(try contents(name) == winners.map { UInt8($0) })
        let losers = (0..<8).filter { !winners.contains($0) }.map { "candidate-\($0)" }
        #expect(try directory.names() == losers + ["final"])
    }

    @Test("replacing puts a file in another's place, or in nobody's")
    func replacing() throws {
        let name = directory.path("final")
        for byte in [1, 2] as [UInt8] {
            try Directory.replace(name, by: directory.file("temporary", [byte]))
            #expect(try contents(name) == [byte])
            #expect(try directory.names() == ["final"])
        }
    }

    @Test("a folder is not replaced by a file")
    func replacingFolder() throws {
        let temporary = try directory.file("temporary", [1])
        try Command.runSuccessfully("mkdir", [directory.path("folder")])
        let error = ioError { () throws(IOError) in
            try Directory.replace(directory.path("folder"), by: temporary)
        }
        #expect(
            error?.description == "\(directory.path("folder")): rename failed: Is a directory"
        )
        #expect(try directory.names() == ["folder", "temporary"])
    }

    @Test("what is not there can be neither published, replaced with, removed nor flushed")
    func absent() {
        let (absent, name) = (directory.path("absent"), directory.path("final"))
        let publish = ioError { () throws(IOError) in try Directory.publish(absent, as: name) }
        #expect(publish?.description == "\(name): rename failed: No such file or directory")
        let replace = ioError { () throws(IOError) in try Directory.replace(name, by: absent) }
        #expect(replace?.description == "\(name): rename failed: No such file or directory")
        let remove = ioError { () throws(IOError) in try Directory.remove(absent) }
        #expect(remove?.description == "\(absent): unlink failed: No such file or directory")
        let flush = ioError { () throws(IOError) in try Directory.flush(absent) }
        #expect(flush?.description == "\(absent): open failed: No such file or directory")
    }

    @Test("a name is removed, and a directory flushed")
    func removing() throws {
        let path = try directory.file("file", [1])
        try Directory.flush(directory.path)
        try Directory.remove(path)
        #expect(try directory.names() == [])
        let file = try directory.file("file", [1])
        let error = ioError { () throws(IOError) in try Directory.flush(file) }
        #expect(error?.description == "\(file): open failed: Not a directory")
    }

    @Test(
        "the parent of a path is what stands before its last slash",
        arguments: [
            ("a", "."), ("a/b", "a"), ("a/b/c", "a/b"), ("/a", "/"), ("/", "/"), ("./a", "."),
            ("../a", ".."), ("a/", "a"), ("", "."), ("/a/b", "/a"),
        ]
    )
    func parent(path: String, parent: String) {
        #expect(Directory.parent(of: path) == parent)
    }

    @Test("a path is resolved through links; one that leads nowhere stays as it is")
    func resolving() throws {
        let path = try directory.file("file", [1])
        try Command.runSuccessfully("ln", ["-s", "file", directory.path("link")])
        try Command.runSuccessfully("ln", ["-s", "nowhere", directory.path("dangling")])
        #expect(Directory.resolved(directory.path("link")) == Directory.resolved(path))
        #expect(Directory.resolved(directory.path("./link")).hasSuffix("/file"))
        #expect(Directory.resolved(directory.path("dangling")) == directory.path("dangling"))
        #expect(Directory.resolved("absent/name") == "absent/name")
    }

    @Test("a link to nothing leads to the place that it names")
    func destinations() throws {
        for (name, link) in [
            ("nowhere", "dangling"), ("dangling", "chained"), ("/none/at/all", "absolute"),
            ("circle", "circle"),
        ] { try Command.runSuccessfully("ln", ["-s", name, directory.path(link)]) }
        let file = try directory.file("file", [1])
        #expect(try Directory.destination(of: file) == Directory.resolved(file))
        for name in ["nowhere", "dangling", "chained"] {
            let place = try Directory.destination(of: directory.path(name))
            #expect(place == directory.path("nowhere"))
        }
        #expect(try Directory.destination(of: directory.path("absolute")) == "/none/at/all")
        let circle = directory.path("circle")
        let error = ioError { () throws(IOError) in _ = try Directory.destination(of: circle) }
        #expect(
            error?.description == "\(circle): open failed: Too many levels of symbolic links"
        )
    }

    @Test("a path names a file, something else or nothing")
    func kinds() throws {
        let path = try directory.file("file", [1])
        let identity = try File(readingFrom: path).identity
        #expect(Directory.kind(of: path) == .regular(identity))
        #expect(Directory.kind(of: directory.path) == .other)
        #expect(Directory.kind(of: "/dev/null") == .other)
        #expect(Directory.kind(of: directory.path("absent")) == nil)
    }
}

/// Lets a number of threads go at the same moment.
final class Gate: Sendable {
    private let missing: Atomic<Int>

    init(_ count: Int) { missing = Atomic(count) }

    /// Waits until all have come.
    ///
    /// - Returns: false when somebody did not come within ten seconds.
    @discardableResult
    func wait() -> Bool {
        missing.subtract(1, ordering: .acquiringAndReleasing)
        let deadline = ContinuousClock.now + .seconds(10)
        while missing.load(ordering: .acquiring) > 0 {
            guard ContinuousClock.now < deadline else { return false }
        }
        return true
    }
}
