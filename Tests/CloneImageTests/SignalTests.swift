// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("Signals", .serialized)
struct SignalTests {
    private let directory: TemporaryDirectory

    /// Makes an image that takes a second or more to compress.
    init() throws {
        directory = try TemporaryDirectory()
        try QemuImg.create(directory.path("source.qcow2"), size: 128 << 20)
        try QemuImg.io(directory.path("source.qcow2"), ["write -q -P 77 0 128M"])
    }

    /// Starts a collapse, sends a signal after the first line of progress, and waits for the end.
    private func collapse(signal: String, disposition: String) throws -> Command.Output {
        try Tool.shell(
            #"""
            mkfifo progress
            env "$2=$1" "$0" collapse source.qcow2 target.qcow2 --compress zlib --threads 1 \
                --json --progress json --progress-descriptor 3 3>progress &
            exec 4<progress
            read -r -u 4 line
            kill -s "$1" $!
            cat <&4 >/dev/null
            rm progress
            wait $!
            """#,
            signal,
            disposition,
            in: directory.path
        )
    }

    @Test(
        "a signal stops the work, leaves no file and shows in exit code and words",
        arguments: [("HUP", 129), ("INT", 130), ("TERM", 143)]
    )
    func stop(signal: String, status: Int32) throws {
        let before = try FileFacts(directory.path("source.qcow2"))
        let output = try collapse(signal: signal, disposition: "--default-signal")
        #expect(output.status == status)
        let failure = try output.decoded(as: Failure.self)
        #expect(failure.code == "cancelled")
        #expect(failure.message == "stopped by SIG\(signal) before target.qcow2 was complete")
        #expect(output.standardError == "clone-image: \(failure.message)\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names == ["source.qcow2"])
        #expect(try FileFacts(directory.path("source.qcow2")) == before)
    }

    @Test(
        "SIGUSR1 is told how far a copy is, and ends no command of qemu-img's",
        arguments: [[], ["-p"]]
    )
    func progress(option: [String]) throws {
        let output = try Tool.shell(
            #"""
            "$0" convert -r 64M $1 -O qcow2 source.qcow2 target.qcow2 >/dev/null &
            sleep 1
            kill -s USR1 $!
            wait $!
            """#,
            option.first ?? "",
            in: directory.path
        )
        #expect(output.status == 0)
        let isTold = output.standardError.contains(#/^    \(\d+\.\d\d/100%\)\n$/#)
        #expect(isTold == option.isEmpty, "\(output.standardError)")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.sorted() == ["source.qcow2", "target.qcow2"])
    }

    @Test("a signal that the caller ignores does not stop the work")
    func ignored() throws {
        let output = try collapse(signal: "HUP", disposition: "--ignore-signal")
        #expect(output.status == 0)
        #expect(try output.decoded(as: Report.self).status == "done")
        try QemuImg.compare(
            directory.path("source.qcow2"),
            format: "qcow2",
            directory.path("target.qcow2"),
            format: "qcow2"
        )
    }
}
