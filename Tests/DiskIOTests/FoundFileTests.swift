// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import DiskIO

@Suite("Files that are found before they are opened")
struct FoundFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("what was found is what is opened, whatever has its name by then")
    func replaced() throws {
        let path = try directory.file("name", [1, 2, 3])
        let found = try FoundFile(at: path)
        try Command.runSuccessfully("mv", [path, directory.path("elsewhere")])
        try Command.runSuccessfully("ln", ["-s", "/etc/passwd", path])
        let file = try File(reading: found)
        #expect(try file.bytes(at: 0, count: 3) == [1, 2, 3])
        #expect(file.path == path)
    }

    @Test("a file lies where its links lead to")
    func place() throws {
        _ = try directory.file("name", [1])
        try Command.runSuccessfully("ln", ["-s", "name", directory.path("link")])
        try Command.runSuccessfully("ln", ["-s", "link", directory.path("chain")])
        let found = try FoundFile(at: directory.path("./chain"))
        #expect(found.place?.description == directory.path("name"))
        #expect(try found.place?.parent == FilePlace(of: directory.path))
        #expect(try FilePlace(of: "/")?.parent == FilePlace(of: "/"))
    }

    @Test("a file without any name lies nowhere")
    func deleted() throws {
        let path = try directory.file("name", [1])
        let open = try File(readingFrom: path)
        try Command.runSuccessfully("rm", [path])
        let found = try FoundFile(at: "/proc/self/fd/\(open.descriptor)")
        #expect(found.place == nil)
        #expect(try File(reading: found).identity == open.identity)
    }

    @Test("a file that another process sees in the same place lies nowhere here")
    func otherView() throws {
        try #require(geteuid() == 0, "only root mounts file systems: sudo Scripts/test")
        let path = try directory.file("name", [1])
        // The program has another file there, says so, and waits until its input ends.
        let view = """
            mount -t tmpfs view "$0" && printf 2 >"$1" && echo $$ >"$0/../$2" && exec sleep 60
            """
        let note = "\(directory.path.split(separator: "/").last ?? "").pid"
        let notePath = directory.path("../\(note)")
        defer { try? FileManager.default.removeItem(atPath: notePath) }
        let start = try Command.run(
            "bash",
            [
                "-c",
                """
                unshare --mount sh -c "$4" "$1" "$2" "$3" >/dev/null 2>&1 &
                for try in $(seq 1500); do [ -s "$0" ] && exec cat "$0"; sleep 0.02; done
                """, notePath, directory.path, path, note, view,
            ]
        )
        let process = try #require(Int32(start.text.dropLast()))
        defer { kill(process, SIGKILL) }
        let found = try FoundFile(at: "/proc/\(process)/root\(path)")
        #expect(try File(reading: found).bytes(at: 0, count: 1) == [0x32])
        #expect(found.place == nil)
        #expect(try FoundFile(at: "/proc/\(process)/root/etc/passwd").place != nil)
    }

    @Test("a directory has what lies in it, and not what has a name that begins alike")
    func within() throws {
        for name in ["img", "img/sub", "imgs", "im"] {
            try FileManager.default.createDirectory(
                atPath: directory.path(name),
                withIntermediateDirectories: false
            )
            _ = try directory.file("\(name)/disk", [1])
        }
        let img = try #require(try FilePlace(of: directory.path("img")))
        func isWithin(_ name: String) throws -> Bool? {
            try FoundFile(at: directory.path(name)).place?.isWithin(img)
        }
        #expect(try isWithin("img/disk") == true)
        #expect(try isWithin("img/sub/disk") == true)
        #expect(try isWithin("imgs/disk") == false)
        #expect(try isWithin("im/disk") == false)
        #expect(try isWithin("imgs/../img/disk") == true)
        let root = try #require(try FilePlace(of: "/"))
        #expect(img.isWithin(root) && img.isWithin(img) && !root.isWithin(img))
    }

    @Test("names that Unicode holds for equal are two places")
    func unicode() throws {
        for name in ["\u{e9}", "e\u{301}"] {
            try Command.runSuccessfully("mkdir", [directory.path(name)])
        }
        let (one, two) = try (
            FilePlace(of: directory.path("\u{e9}")), FilePlace(of: directory.path("e\u{301}"))
        )
        #expect(one != two && one != nil)
    }

    @Test(
        "what the kernel makes up as it is read holds no disk",
        arguments: [
            "/proc/version", "/proc/self/mem", "/proc/kmsg", "/proc/1/environ",
            "/sys/kernel/uevent_seqnum",
        ]
    )
    func madeByKernel(path: String) throws {
        #expect(
            ioError { () throws(IOError) in _ = try FoundFile(at: path) }
                == IOError(call: "open", path: path, cause: .madeByKernel)
        )
    }

    @Test("a FIFO is refused and its writers notice nothing")
    func fifo() throws {
        let path = directory.path("fifo")
        // The program waits until somebody opens the FIFO for reading; then it leaves a file.
        let writer = try Command.run(
            "bash",
            [
                "-c",
                """
                mkfifo "$0"; (echo >"$0"; touch "$0.opened") >/dev/null 2>&1 & echo $!
                """, path,
            ]
        )
        let process = try #require(Int32(writer.text.dropLast()))
        defer { kill(process, SIGKILL) }
        for _ in 0..<20 {
            let error = ioError { () throws(IOError) in _ = try File(readingFrom: path) }
            #expect(error == IOError(call: "open", path: path, cause: .wrongKind))
            usleep(5000)
        }
        #expect(!FileManager.default.fileExists(atPath: path + ".opened"))
    }
}
