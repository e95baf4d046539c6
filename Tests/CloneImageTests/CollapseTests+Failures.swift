// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension CollapseTests {
    @Suite("Failures")
    struct Failures {
        /// A command line after `collapse`, with the exit code and a part of the sentence to expect.
        struct Case: CustomTestStringConvertible {
            let words: [String]
            let status: Int32
            let sentence: String

            init(_ words: String..., status: Int32, _ sentence: String) {
                self.words = words
                self.status = status
                self.sentence = sentence
            }

            var testDescription: String { words.joined(separator: " ") }
        }

        private let workplace: Workplace
        private var chain: SampleChain { workplace.chain }

        init() throws { workplace = try Workplace() }

        private static let damaged = Repository.path("Fixtures/damaged")

        /// In these, TOP, BASE and OUT stand for the top, the base and the folder of the targets.
        static let cases: [Case] = [
            Case("TOP.gone", "OUT/a.raw", status: 2, "TOP.gone: "),
            Case("OUT", "OUT/a.raw", status: 1, "OUT: "),
            Case("\(damaged)/magic.qcow2", "OUT/a.raw", status: 2, "/magic.qcow2: "),
            Case("\(damaged)/crypt-1.qcow2", "OUT/a.raw", status: 2, "/crypt-1.qcow2: "),
            Case("\(damaged)/cycle-a.qcow2", "OUT/a.raw", status: 2, "cycle-b.qcow2"),
            Case("\(damaged)/backing-missing.qcow2", "OUT/a.raw", status: 2, "backing-missing"),
            Case("TOP", "OUT/a.raw", "--snapshot", "x", status: 2, "no snapshot 'x'"),
            Case("TOP", "OUT/a.qcow2", "--base", "x", status: 2, "x is not a layer of the chain"),
            Case("TOP", "OUT/none/a.raw", status: 3, "OUT/none"),
            Case("TOP", "OUT", status: 3, "OUT: the target is neither"),
            Case("TOP", "OUT", "--force", status: 3, "OUT: the target is neither"),
            Case("TOP", "/dev/null", status: 3, "/dev/null: the target is neither"),
            Case("TOP", "/dev/null", "--force", status: 3, "/dev/null: the target is neither"),
            Case(status: 64, "'<source>'"),
            Case("TOP", status: 64, "'<target>'"),
            Case("TOP", "OUT/a", "OUT/b", status: 64, "OUT/b"),
            Case("", "OUT/a.raw", status: 64, "<source>"),
            Case("TOP", "", status: 64, "<target>"),
            Case("TOP", "-", status: 64, "standard output"),
            Case("TOP", "OUT/", status: 64, "OUT/ names a directory"),
            Case("TOP", "OUT/a.raw", "--speed", status: 64, "--speed"),
            Case("TOP", "OUT/a.raw", "--format", "vmdk", status: 64, "raw|qcow2"),
            Case("TOP", "OUT/a.raw", "--source-format", "x", status: 64, "raw|qcow2"),
            Case("TOP", "OUT/a.qcow2", "--compress=lzma", status: 64, "zlib|zstd"),
            Case("TOP", "OUT/a.raw", "--compress", status: 64, "--format qcow2?"),
            Case("TOP", "OUT/a.raw", "--cluster-size", "4k", status: 64, "--format qcow2?"),
            Case("TOP", "OUT/a.raw", "-o", "compat=1.1", status: 64, "--format qcow2?"),
            Case("TOP", "OUT/a.qcow2", "--cluster-size", "big", status: 64, "'big'"),
            Case("TOP", "OUT/a.qcow2", "--cluster-size", "3k", status: 64, "3072"),
            Case("TOP", "OUT/a.qcow2", "--cluster-size", "4M", status: 64, "4194304"),
            Case("TOP", "OUT/a.qcow2", "--cluster-size", "256", status: 64, "256"),
            Case("TOP", "OUT/a.raw", "--preallocation", "x", status: 64, "off|metadata|"),
            Case("TOP", "OUT/a.raw", "--preallocation", "metadata", status: 64, "metadata"),
            Case("TOP", "OUT/a.qcow2", "-o", "size=1G", status: 64, "size=1G: the keys are"),
            Case("TOP", "OUT/a.qcow2", "-o", "compat=2", status: 64, "compat=2: compat has no"),
            Case("TOP", "OUT/a.qcow2", "-o", "refcount_bits=3", status: 64, "refcount bits"),
            Case("TOP", "OUT/a.qcow2", "-o", "refcount_bits=128", status: 64, "refcount bits"),
            Case(
                "TOP",
                "OUT/a.qcow2",
                "--option=extended_l2=on,compat=0.10",
                status: 64,
                "extended_l2 needs compat 1.1"
            ),
            Case(
                "TOP",
                "OUT/a.qcow2",
                "--compress",
                "--preallocation=full",
                status: 64,
                "exclude each other"
            ),
            Case("TOP", "OUT/a.raw", "--base", "BASE", status: 64, "--base needs a qcow2"),
            Case("TOP", "OUT/a.qcow2", "--base", "TOP", status: 64, "the source itself"),
            Case("TOP", "OUT/a.raw", "--threads", "0", status: 64, "1 to 64"),
            Case("TOP", "OUT/a.raw", "--threads", "65", status: 64, "1 to 64"),
            Case("TOP", "OUT/a.raw", "--rate-limit", "0", status: 64, "at least one byte"),
            Case("TOP", "OUT/a.raw", "--rate-limit", "1x", status: 64, "--rate-limit <size>"),
            Case("TOP", "OUT/a.raw", "--threads", "two", status: 64, "'two'"),
            Case("TOP", "OUT/a.raw", "--cache", "none", status: 64, "writeback|unsafe"),
            Case("TOP", "OUT/a.raw", "--progress", "yes", status: 64, "auto|bar|json|none"),
            Case("TOP", "OUT/a.raw", "--progress-descriptor", "x", status: 64, "'x'"),
        ]

        @Test("every failure has its exit code and sentence, and leaves nothing", arguments: cases)
        func failure(_ failure: Case) throws {
            func filled(_ text: String) -> String {
                text.replacing("TOP", with: chain.top).replacing("BASE", with: chain.base)
                    .replacing("OUT", with: workplace.folder)
            }
            let words = ["collapse"] + failure.words.map(filled)
            let output = try Command.run(Tool.path(), words)
            #expect(output.status == failure.status)
            #expect(output.text == "")
            #expect(output.standardError.hasPrefix("clone-image: "))
            let sentence = output.standardError.prefix { $0 != "\n" }
            #expect(sentence.contains(filled(failure.sentence)))
            #expect(try workplace.names() == [])
        }

        @Test("a chain longer than the open files allowed is an error that says what to do")
        func openFiles() throws {
            let directory = try TemporaryDirectory()
            let top = try LongChain.make(of: 60, in: directory)
            let script = #"ulimit -n 40; exec "$0" collapse "$1" "$2""#
            let output = try Tool.shell(script, top, workplace.path("a.raw"))
            #expect(output.status == 2)
            #expect(output.standardError.contains("Too many open files (a chain needs"))
            #expect(try workplace.names() == [])
        }

        @Test("an existing target stays as it is, and --force replaces it")
        func existing() throws {
            let target = workplace.path("a.raw")
            try Data("mine".utf8).write(to: URL(fileURLWithPath: target))
            let before = try FileFacts(target)
            let refused = try Tool.collapse(chain.top, target)
            #expect(refused.status == 3)
            #expect(refused.standardError.contains("\(target): the target exists"))
            #expect(refused.standardError.contains("--force"))
            #expect(try FileFacts(target) == before)
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine")
            #expect(try Tool.collapse(chain.top, target, "--force").isSuccess)
            #expect(try filesAreEqual(chain.topContent, target))
            #expect(try workplace.names() == ["a.raw"])
        }

        @Test("a target that a failed --force was to replace stays as it is")
        func failedForce() throws {
            let target = workplace.path("a.raw")
            try Data("mine".utf8).write(to: URL(fileURLWithPath: target))
            let before = try FileFacts(target)
            let damaged = Failures.damaged + "/data-beyond-eof.qcow2"
            #expect(try Tool.collapse(damaged, target, "--force").status == 2)
            #expect(try FileFacts(target) == before)
            #expect(try workplace.names() == ["a.raw"])
        }

        @Test(
            "a layer of the chain is no target, even with --force and under another name",
            arguments: [\SampleChain.top, \SampleChain.middle, \SampleChain.base],
            [false, true]
        )
        func layer(path: any KeyPath<SampleChain, String> & Sendable, isLinked: Bool) throws {
            var target = chain[keyPath: path]
            let before = try FileFacts(target)
            if isLinked {
                let link = workplace.path("link.qcow2")
                try FileManager.default.createSymbolicLink(
                    atPath: link,
                    withDestinationPath: target
                )
                target = link
            }
            let output = try Tool.collapse(chain.top, target, "--force")
            #expect(output.status == 3)
            #expect(output.standardError.contains("layer of the chain"))
            #expect(try FileFacts(chain[keyPath: path]) == before)
        }

        @Test("a directory that cannot be written to is an error, not a loss")
        func readOnlyDirectory() throws {
            // The superuser may write everywhere, unless that right is taken away.
            let output = try Tool.shell(
                #"""
                mkdir locked && chmod 555 locked
                test "$EUID" = 0 && set -- "$1" setpriv --bounding-set=-dac_override
                exec ${2+"${@:2}"} "$0" collapse "$1" locked/a.raw
                """#,
                chain.top,
                in: workplace.folder
            )
            #expect(output.status == 3)
            #expect(output.standardError.contains("locked/"))
            #expect(output.standardError.contains("Permission denied"))
            #expect(try workplace.names() == ["locked"])
        }

        @Test(
            "a full disk is an error, and what was written is gone",
            arguments: [
                "a.raw", "a.qcow2",
            ]
        )
        func noSpace(name: String) throws {
            // A limit on the size of files stands for the end of the disk.
            let output = try Tool.shell(
                #"ulimit -f 2048; exec "$0" collapse "$1" "$2" --json"#,
                chain.top,
                name,
                in: workplace.folder
            )
            #expect(output.status == 1)
            #expect(try output.decoded(as: Failure.self).code == "input-output")
            #expect(try workplace.names() == [])
        }

        @Test(
            "with closed standard descriptors the image is whole",
            arguments: [
                ">&-", "2>&-", "<&- >&- 2>&-",
            ]
        )
        func closed(redirections: String) throws {
            let options = "--progress json --salvage --compress"
            let output = try Tool.shell(
                #""$0" collapse "$1" a.qcow2 \#(options) \#(redirections)"#,
                chain.top,
                in: workplace.folder
            )
            #expect(output.status == 0)
            try QemuImg.check(workplace.path("a.qcow2"))
            try QemuImg.compare(
                chain.topContent,
                format: "raw",
                workplace.path("a.qcow2"),
                format: "qcow2"
            )
        }

        @Test("a reader that goes away does not stop the work")
        func lostReader() throws {
            let output = try Tool.shell(
                #""$0" collapse "$1" a.raw --progress json 2>&1 | true; exit "${PIPESTATUS[0]}""#,
                chain.top,
                in: workplace.folder
            )
            #expect(output.status == 0)
            #expect(try filesAreEqual(chain.topContent, workplace.path("a.raw")))
        }
    }
}
