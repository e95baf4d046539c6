// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Jobs of clone-vm")
struct JobTests {
    private struct Started: Decodable { let jobID: String }

    private static let slow = "clone web --snapshot s --name web2 --disk root:domain=first"

    private let sample: SampleVM
    private var host: Host { sample.host }

    init() throws { sample = try SampleVM() }

    /// Starts a clone of 3 MiB in the background, which takes minutes unless it may be faster.
    private func startSlowly(rate: String = "16k") throws -> String {
        try host.ask(Started.self, "\(Self.slow) --rate-limit \(rate) --detach").jobID
    }

    @Test("a clone in the background is watched by another process")
    func detached() throws {
        let id = try startSlowly(rate: "1M")
        #expect(try host.ask([Told.VM].self, "vm list").map(\.status) == ["down", "image_locked"])
        let job = try host.ask(Told.Job.self, "job show \(id)")
        #expect(job.status == "started")
        #expect(abs(job.startedAt.timeIntervalSinceNow) < 60)
        let output = try host.run("job watch \(String(id.prefix(8)))")
        #expect(output.status == 0)
        #expect(output.text.hasPrefix("VM web2 made in "))
        #expect(output.standardError.contains("root -> first:  100%  3 MiB in "))
        let done = try host.ask(Told.Job.self, "job show \(id)")
        #expect(done.steps.map(\.status) == ["finished", "finished"])
        try QemuImg.compare(host.active("root_web2"), format: "qcow2", sample.root, format: "raw")
    }

    @Test("a clone in the background leads a session of its own")
    func session() throws {
        let id = try startSlowly()
        let processes = try Command.runSuccessfully("ps", ["-eo", "pid=,sid=,args="]).text
        let line = try #require(processes.split(separator: "\n").first { $0.contains(id) })
        let words = line.split(separator: " ")
        #expect(words[0] == words[1])
        try host.succeed("job cancel \(id)")
        #expect(try host.run("job watch \(id)").status == 3)
    }

    @Test("what keeps a clone in the background from starting is told at once")
    func failingStart() throws {
        let output = try host.run("clone web --snapshot s --name web --detach")
        #expect(output.status == 2)
        #expect(output.text == "")
        #expect(
            output.standardError.contains(
                "clone-vm: Cannot add VM. The VM name is already in use, please choose a unique name"
            )
        )
    }

    @Test("a job is cancelled from another process, and nothing is left")
    func cancelled() throws {
        let before = try host.files()
        let id = try startSlowly()
        try host.succeed("job cancel \(id)")
        let output = try host.run("job watch \(id) --quiet")
        #expect(output.status == 3)
        #expect(
            output.standardError == "clone-vm: Creating VM web2 from Snapshot s was cancelled.\n"
        )
        #expect(try host.files() == before)
        #expect(try host.run("job cancel \(id)").status == 3)
    }

    @Test("a job whose process was killed is undone by who watches it")
    func killed() throws {
        let before = try host.files()
        let id = try startSlowly()
        let output = try host.shell(
            """
            timeout 60 "$0" job watch \(id) --quiet "$@" &
            sleep 0.5
            kill -KILL "$(pgrep -f "^$0 clone .*\(id)")"
            wait $!
            """
        )
        #expect(output.status == 1)
        #expect(output.standardError == "clone-vm: The process was interrupted.\n")
        #expect(try host.files() == before)
        #expect(try host.ask([Told.VM].self, "vm list").map(\.name) == ["web"])
        #expect(try host.run("recover --check").status == 0)
    }

    @Test("a signal undoes a clone", arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
    func signals(name: String, status: Int32) throws {
        let before = try host.files()
        let output = try host.shell(
            """
            env --default-signal=\(name) "$0" \(Self.slow) --rate-limit 16k "$@" &
            until [[ $("$0" vm list "$@") == *image_locked* ]]; do kill -0 $! || exit; done
            sleep 0.3
            kill -s \(name) $!
            wait $!
            """
        )
        #expect(output.status == status)
        #expect(
            output.standardError.hasSuffix(
                "clone-vm: stopped by SIG\(name): Creating VM web2 from Snapshot s was undone\n"
            )
        )
        #expect(try host.files() == before)
        #expect(try host.ask([Told.VM].self, "vm list").map(\.name) == ["web"])
        #expect(try host.run("recover --check").status == 0)
    }

    @Test("events are followed until a signal comes")
    func events() throws {
        let output = try host.shell(
            """
            timeout 60 "$0" event follow --limit 1 --json "$@" >events &
            sleep 0.3
            "$0" vm add late "$@"
            until grep --quiet late events; do kill -0 $! || exit; sleep 0.05; done
            kill $!
            cat events
            """
        )
        let told = try output.text.split(separator: "\n").dropFirst().map { line in
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(Told.Event.self, from: Data(line.utf8))
        }
        #expect(told.map(\.message).last == "VM late was created by admin@internal.")
        #expect(told.count == 2)
        let latest = try host.ask([Told.Event].self, "event list --limit 2")
        #expect(latest.map(\.id) == told.map(\.id))
    }
}
