// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Several processes want the same.
@Suite("clone-vm beside clone-vm")
struct CompetitionTests {
    private struct Started: Decodable { let jobID: String }

    private let sample: SampleVM
    private var host: Host { sample.host }

    init() throws { sample = try SampleVM() }

    /// Starts a clone in the background that has all turns of the domain `first` for minutes.
    private func occupyTurns() throws -> String {
        let line = "clone web --snapshot s --name slow --to first --rate-limit 16k --detach"
        let id = try host.ask(Started.self, line).jobID
        let turns = host.directory.path("state/turns")
        let output = try host.shell(
            """
            held() { [[ -e $1 ]] && ! flock --nonblock "$1" true; }
            for number in 0 1; do
                until held \(turns)/*-$number; do ((SECONDS < 120)) || exit; sleep 0.05; done
            done
            """
        )
        #expect(output.status == 0, "\(output.standardError)")
        return id
    }

    @Test("a copy waits while another process's copies have all turns of its domain")
    func turns() throws {
        let slow = try occupyTurns()
        let quick = try host.ask(
            Started.self,
            "clone web --snapshot s --name quick --to first --detach"
        ).jobID
        // Far longer than the copies take.
        Thread.sleep(forTimeInterval: 1)
        #expect(try host.ask(Told.Job.self, "job show \(quick)").status == "started")
        try host.succeed("job cancel \(slow)")
        #expect(try host.run("job watch \(quick) --quiet").status == 0)
        try QemuImg.compare(host.active("root_quick"), format: "qcow2", sample.root, format: "raw")
        #expect(try host.run("recover --check").status == 0)
    }

    @Test("what one process clones another does not delete, and the other way round")
    func exclusion() throws {
        try host.succeed("snapshot create web t --domain first")
        let present = host.directory.path("present")
        try QemuImg.convert(host.active("root"), to: present)
        let slow = try occupyTurns()
        let refused = try host.run("snapshot delete web s")
        #expect(refused.status == 3)
        #expect(refused.standardError.contains("(Creating VM slow from Snapshot s)"))
        let output = try host.shell(
            """
            "$0" snapshot delete web t --quiet "$@" &
            until [[ $("$0" job list "$@") == *"Removing Snapshot t"* ]]; do kill -0 $! || exit; done
            "$0" clone web --snapshot t --name late --to second --quiet "$@"; echo $?
            "$0" job cancel \(slow) "$@"
            wait $!; echo $?
            """
        )
        #expect(output.text == "3\n0\n", "\(output.standardError)")
        #expect(output.standardError.contains("performing an operation on a Snapshot"))
        try QemuImg.compare(host.active("root"), format: "qcow2", present, format: "raw")
        #expect(try host.run("recover --check").status == 0)
    }

    @Test("of a clone and a deletion that begin at the same time one is done, or both")
    func race() throws {
        for round in 1...3 {
            try host.succeed("snapshot create web r\(round) --domain first")
            let output = try host.shell(
                """
                "$0" clone web --snapshot r\(round) --name c\(round) --to second --quiet "$@" &
                clone=$!
                "$0" snapshot delete web r\(round) --quiet "$@" &
                wait $clone; echo $?
                wait $!; echo $?
                """
            )
            let statuses = output.text.split(separator: "\n").compactMap { Int($0) }
            #expect(statuses.count == 2 && statuses.contains(0), "\(output.standardError)")
            // The snapshot may be gone before the clone has looked at it, or when it has.
            #expect(Set(statuses).isSubset(of: [0, 2, 3, 4]), "\(output.standardError)")
            if statuses.first == 0 {
                let copy = try host.active("root_c\(round)")
                let root = try host.active("root")
                try QemuImg.compare(copy, format: "qcow2", root, format: "qcow2")
            }
            #expect(try host.run("recover --check").status == 0)
        }
    }

    @Test("processes that come first at the same time make one store")
    func firstOnes() throws {
        let state = host.directory.path("fresh")
        let output = try host.shell(
            """
            for number in {1..6}; do "$0" vm add v$number --state \(state) >/dev/null & done
            wait
            "$0" vm list --state \(state) --json | grep --only-matching '"name":"v' | wc --lines
            """
        )
        #expect(output.text == "6\n", "\(output.standardError)")
    }

    @Test("of a clone that is killed at any moment all is there, or nothing")
    func kills() throws {
        let (seed, files) = (Int.random(in: 0..<32768), try host.files())
        let output = try host.shell(
            """
            RANDOM=\(seed)
            for round in {1..8}; do
                "$0" clone web --snapshot s --name k --to second --quiet "$@" 2>/dev/null &
                sleep $(printf 0.%03d $((RANDOM % 400)))
                kill -KILL $!
                wait $!
                "$0" recover --check "$@" || exit
                [[ $("$0" vm list --search name=k --json "$@") == "[]" ]] && continue
                "$0" vm remove k "$@" || exit
            done
            """
        )
        #expect(output.status == 0, "seed \(seed): \(output.text) \(output.standardError)")
        #expect(try host.files() == files)
        #expect(try host.ask([Told.VM].self, "vm list").map(\.name) == ["web"])
    }
}
