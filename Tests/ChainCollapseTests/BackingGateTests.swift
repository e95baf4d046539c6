// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ChainCollapse

@Suite("Where an image may lead")
struct BackingGateTests {
    private let directory: TemporaryDirectory
    private var top: String { directory.path("vm/top") }

    /// A top in `vm`; layers beside it, below it, in `base`, and in `baser`, each of another byte.
    init() throws {
        directory = try TemporaryDirectory()
        for (number, name) in ["vm", "vm/sub", "base", "base/sub", "baser"].enumerated() {
            try FileManager.default.createDirectory(
                atPath: directory.path(name),
                withIntermediateDirectories: false
            )
            let bytes = [UInt8](repeating: UInt8(number + 1), count: 4096)
            try Data(bytes).write(to: URL(fileURLWithPath: directory.path("\(name)/disk")))
        }
        for (link, target) in [
            ("out", "../base/disk"), ("in", "sub/../disk"), ("out2", "dir/disk"),
        ] {
            try symbolicLink("vm/\(link)", to: target)
        }
        try symbolicLink("vm/dir", to: "../baser")
        try symbolicLink("base/back", to: "../vm/disk")
        try symbolicLink("vm/null", to: "/dev/null")
    }

    private func symbolicLink(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.path(name),
            withDestinationPath: target
        )
    }

    private func error(
        _ backing: String,
        _ allowed: AllowedBacking,
        format: String = "raw"
    ) throws -> CollapseError? {
        try QemuImg.create(top, size: 1 << 20, backing: backing, backingFormat: format)
        do throws(CollapseError) {
            _ = try ImageChain(top: top, policy: ChainPolicy(allowedBacking: allowed))
            return nil
        } catch { return error }
    }

    /// Which rules let a name pass: none, the same directory, within `base`, within one file of it,
    /// and any.
    private func passes(_ backing: String) throws -> [Bool] {
        let rules: [AllowedBacking] = [
            .none, .sameDirectory, .within([directory.path("base")]),
            .within([directory.path("base/disk")]), .anyLocal,
        ]
        return try rules.map { rule in
            let error = try error(backing, rule)
            #expect(error == nil || error?.code == .notAllowed, "\(error?.message ?? "")")
            return error == nil
        }
    }

    @Test("a file passes by where it lies, whatever its name looks like")
    func places() throws {
        let beside = [false, true, false, false, true]
        let below = [false, false, true, false, true]
        let nowhere = [false, false, false, false, true]
        let file = [false, false, true, true, true]
        #expect(try passes("disk") == beside)
        #expect(try passes("../vm/disk") == beside)
        #expect(try passes("in") == beside)
        #expect(try passes("file:\(directory.path("vm/disk"))") == beside)
        #expect(try passes("../base/back") == beside)
        #expect(try passes("sub/disk") == beside)
        #expect(try passes("sub/../sub/disk") == beside)
        #expect(try passes("out") == file)
        #expect(try passes("../base/disk") == file)
        #expect(try passes("../base/sub/disk") == below)
        #expect(try passes("../baser/disk") == nowhere)
        #expect(try passes("../base/../baser/disk") == nowhere)
        #expect(try passes("out2") == nowhere)
        #expect(try passes("/etc/passwd") == nowhere)
        let json = #"json:{"driver":"raw","file":{"driver":"file","filename":"/etc/passwd"}}"#
        #expect(try passes(json) == nowhere)
    }

    @Test("a place that is allowed may itself be a link, and has to exist")
    func allowedLink() throws {
        try symbolicLink("link", to: "base")
        #expect(try error("../base/disk", .within([directory.path("link")])) == nil)
        #expect(try error("../link/disk", .within([directory.path("base")])) == nil)
        let missing = try error("disk", .within([directory.path("absent")]))
        #expect(missing?.code == .invalidOptions)
        #expect(missing?.message.contains(directory.path("absent")) == true)
    }

    @Test("a file whose name is gone lies nowhere, so where nothing is allowed")
    func noPlace() throws {
        let path = directory.path("vm/gone")
        try FileManager.default.copyItem(atPath: directory.path("vm/disk"), toPath: path)
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        try FileManager.default.removeItem(atPath: path)
        let name = "/proc/\(getpid())/fd/\(file.fileDescriptor)"
        for rule in [AllowedBacking.sameDirectory, .within(["/"])] {
            #expect(try error(name, rule)?.code == .notAllowed)
        }
        #expect(try error(name, .anyLocal) == nil)
        try file.close()
    }

    @Test("rules add up")
    func union() throws {
        let both = AllowedBacking.sameDirectory.union(.within([directory.path("base")]))
        #expect(try error("disk", both) == nil)
        #expect(try error("out", both) == nil)
        #expect(try error("../baser/disk", both)?.code == .notAllowed)
        #expect(try error("../baser/disk", both.union(.anyLocal)) == nil)
    }

    @Test("the sentence has the way down, the name, where it leads, what is allowed and what to do")
    func sentence() throws {
        let (vm, base) = (directory.path("vm"), directory.path("base"))
        #expect(
            try error("out", .sameDirectory)?.message
                == "\(vm)/top: \(vm)/out leads to \(base)/disk: an image may lead only to what lies in "
                + "\(vm) (if that is meant to be read, say --allow-backing within \(base))"
        )
        let added = try error("../base/disk", .within([directory.path("baser")]))?.message
        let words = "in \(base)r (if that is meant to be read, add --allow-backing within \(base))"
        #expect(added?.hasSuffix(words) == true, "\(added ?? "")")
        let middle = directory.path("vm/middle")
        try QemuImg.create(middle, size: 1 << 20, backing: "out", backingFormat: "raw")
        let message = try error("middle", .sameDirectory, format: "qcow2")?.message
        #expect(message?.hasPrefix("\(vm)/top -> \(middle): \(vm)/out leads to") == true)
        // What has let the layer above pass has to be said as well now.
        let both = "say --allow-backing same-directory --allow-backing within \(base))"
        #expect(message?.hasSuffix(both) == true, "\(message ?? "")")
        #expect(try error("out", .none)?.message.contains("to no other file (if") == true)
    }

    @Test("a place that a shell would take apart is quoted in what to say")
    func quoted() throws {
        let odd = directory.path("it's odd")
        try FileManager.default.moveItem(atPath: directory.path("base"), toPath: odd)
        let message = try error(odd + "/disk", .sameDirectory)?.message ?? ""
        let word = try #require(message.split(separator: "within ").last).dropLast()
        #expect(try Command.run("sh", ["-c", "printf %s \(word)"]).text == odd)
    }

    @Test("the directory is that of the image that names the file, and what lies below it")
    func directoryOfEach() throws {
        let middle = directory.path("vm/sub/middle")
        try QemuImg.create(middle, size: 1 << 20, backing: "disk", backingFormat: "raw")
        #expect(try error("sub/middle", .sameDirectory, format: "qcow2") == nil)
        try QemuImg.create(middle, size: 1 << 20, backing: "../disk", backingFormat: "raw")
        #expect(try error("sub/middle", .sameDirectory, format: "qcow2")?.code == .notAllowed)
    }

    @Test("in the root directory nothing lies beside an image: everything lies below it")
    func rootDirectory() throws {
        try #require(geteuid() == 0, "only root writes there: sudo Scripts/test")
        let path = "/" + directory.path.split(separator: "/").joined(separator: "-")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try QemuImg.create(path, size: 1 << 20, backing: directory.path("vm/disk"))
        let error = #expect(throws: CollapseError.self) { try ImageChain(top: path) }
        #expect(error?.code == .notAllowed)
        #expect(error?.message.hasSuffix("within \(directory.path("vm")))") == true)
        let lost = try self.error(path, .sameDirectory, format: "qcow2")
        #expect(lost?.message.hasSuffix("within \(path))") == true)
    }

    @Test("a block device has to be named, whatever its directory has")
    func devices() throws {
        let device = try LoopDevice(byteCount: 1 << 20)
        let beside = "/dev/shm" + directory.path.replacingOccurrences(of: "/", with: "-")
        try Data(count: 4096).write(to: URL(fileURLWithPath: beside))
        defer { try? FileManager.default.removeItem(atPath: beside) }
        let refused = try error(device.path, .sameDirectory)
        #expect(refused?.message.hasSuffix("say --allow-backing within \(device.path))") == true)
        #expect(try error(device.path, .within([device.path])) == nil)
        #expect(try error(device.path, .within(["/dev"])) == nil)
        #expect(try error(device.path, .anyLocal) == nil)
        // A second node of the device, beside the image.
        let node = directory.path("vm/node")
        try Command.runSuccessfully("cp", ["--archive", device.path, node])
        #expect(try error("node", .sameDirectory)?.code == .notAllowed)
        #expect(try error("node", .within([node])) == nil)
        let small = directory.path("small")
        try QemuImg.create(small, size: 1 << 16, backing: beside, backingFormat: "raw")
        try Command.runSuccessfully("dd", ["if=\(small)", "of=\(device.path)", "conv=notrunc"])
        let error = #expect(throws: CollapseError.self) { try ImageChain(top: device.path) }
        #expect(error?.code == .notAllowed)
    }

    @Test("the top is the user's own word, and may be a link to anywhere")
    func linkedTop() throws {
        try QemuImg.create(top, size: 1 << 20, backing: "disk", backingFormat: "raw")
        try symbolicLink("base/top", to: "../vm/top")
        // QEMU looks for the name beside the link; that is not beside the top.
        let policy = ChainPolicy(allowedBacking: .sameDirectory)
        let error = #expect(throws: CollapseError.self) {
            try ImageChain(top: directory.path("base/top"), policy: policy)
        }
        #expect(error?.code == .notAllowed)
        let none = ChainPolicy(allowedBacking: .none)
        #expect(try ImageChain(top: "/etc/passwd", format: .raw, policy: none).layers.count == 1)
    }

    @Test("an external data file is judged as a backing file is")
    func dataFile() throws {
        let data = directory.path("base/data")
        try QemuImg.create(top, size: 1 << 20, options: ["data_file=\(data)"])
        func code(_ allowed: AllowedBacking) -> CollapseError.Code? {
            do throws(CollapseError) {
                _ = try ImageChain(top: top, policy: ChainPolicy(allowedBacking: allowed))
                return nil
            } catch { return error.code }
        }
        #expect(code(.sameDirectory) == .notAllowed)
        #expect(code(.none) == .notAllowed)
        #expect(code(.within([directory.path("base")])) == nil)
        #expect(code(.anyLocal) == nil)
    }

    @Test("an external data file of any layer is judged")
    func lowerDataFile() throws {
        let (middle, data) = (directory.path("vm/middle"), directory.path("base/data"))
        try QemuImg.create(middle, size: 1 << 20, options: ["data_file=\(data)"])
        try QemuImg.io(middle, ["write -q -P 1 0 64k"])
        #expect(try error("middle", .sameDirectory, format: "qcow2")?.code == .notAllowed)
        let both = AllowedBacking.sameDirectory.union(.within([data]))
        #expect(try error("middle", both, format: "qcow2") == nil)
    }

    @Test(
        "what holds no disk is refused by every rule, at once",
        arguments: [
            "null", "/dev/zero", "/proc/version", "/sys/kernel/uevent_seqnum", "/dev", "fifo",
            "socket",
        ]
    )
    func specialFiles(name: String) throws {
        try Command.runSuccessfully("mkfifo", [directory.path("vm/fifo")])
        // SAFETY: the string outlives the call.
        #expect(unsafe mknod(directory.path("vm/socket"), S_IFSOCK | 0o600, 0) == 0)
        for rule in [AllowedBacking.anyLocal, .within(["/"])] {
            let start = ContinuousClock.now
            let error = try error(name, rule)
            #expect(error?.code == .inputOutput || error?.code == .brokenChain)
            #expect(error?.message.contains("this is n") == true, "\(error?.message ?? "")")
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test(
        "a name with a protocol is not followed by any rule",
        arguments: [
            "nbd://localhost/disk", "http://localhost/disk", "ssh://localhost/disk",
            #"json:{"driver":"raw","file":{"driver":"nbd","host":"localhost"}}"#,
            #"json:{"driver":"nbd","server":{"type":"inet","host":"localhost","port":"1"}}"#,
        ]
    )
    func protocols(name: String) throws {
        // The size is given, so that qemu-img looks for nobody.
        let error = try error(name, .anyLocal)
        #expect(error?.code == .brokenChain)
        #expect(error?.message.contains("cannot be used") == true, "\(error?.message ?? "")")
    }

    @Test("a name cannot break a message's line or tell a terminal what to do")
    func controlCharacters() throws {
        let message = try error("/etc/\u{1b}[2J\n/passwd", .sameDirectory)?.message
        #expect(message?.contains("[2J") == true)
        #expect(message?.unicodeScalars.contains { $0.value < 32 } == false)
    }

    @Test(
        "a link that is turned around while it is followed never leads out",
        .timeLimit(.minutes(5))
    )
    func race() throws {
        let seed = UInt64.random(in: .min ... .max)
        try QemuImg.create(top, size: 4096, backing: "turning", backingFormat: "raw")
        try symbolicLink("vm/turning", to: "disk")
        let isOver = Atomic(false)
        let inside = Atomic(0)
        let refused = Atomic(0)
        // Threads of their own: one turns the link around as fast as it can, one opens the chain.
        WorkerThreads.run(2) { worker in
            guard worker == 0 else {
                var random = SeededGenerator(seed: seed)
                while !isOver.load(ordering: .relaxed) { turnLink(&random) }
                return
            }
            let end = ContinuousClock.now + .seconds(20)
            while min(inside.load(ordering: .relaxed), refused.load(ordering: .relaxed)) < 300,
                ContinuousClock.now < end
            {
                switch firstByteBelowTop() {
                case .success(let byte):
                    #expect(byte == [1], "seed \(seed)")
                    inside.wrappingAdd(1, ordering: .relaxed)
                case .failure(let error):
                    #expect(error.code == .notAllowed, "\(error.message)")
                    refused.wrappingAdd(1, ordering: .relaxed)
                }
            }
            isOver.store(true, ordering: .relaxed)
        }
        let counts = (inside.load(ordering: .relaxed), refused.load(ordering: .relaxed))
        #expect(counts.0 >= 20 && counts.1 >= 20, "\(counts), seed \(seed)")
    }

    /// Lets the link lead in or out, in one step.
    private func turnLink(_ random: inout SeededGenerator) {
        let new = directory.path("vm/new")
        // SAFETY: the strings outlive the calls.
        unsafe symlink(random.chance(50) ? "disk" : "../base/disk", new)
        // SAFETY: as above.
        unsafe rename(new, directory.path("vm/turning"))
        for _ in 0..<random.int(in: 0...2000) { _ = random.next() }
    }

    private func firstByteBelowTop() -> Result<[UInt8], CollapseError> {
        Result { () throws(CollapseError) in
            let chain = try ImageChain(top: top)
            return try usingDisk { () throws(IOError) in
                try chain.layers[1].data.bytes(at: 0, count: 1)
            }
        }
    }
}
