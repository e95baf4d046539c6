// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A line of JSON progress.
private struct Step: Decodable {
    let copiedBytes: UInt64
    let totalBytes: UInt64
    let totalIsExact: Bool
    let seconds: Double
}

extension CollapseTests {
    @Suite("Progress")
    struct Progress {
        private let workplace: Workplace
        private var chain: SampleChain { workplace.chain }

        init() throws { workplace = try Workplace() }

        private func steps(_ text: String) throws -> [Step] {
            try text.split(separator: "\n").map {
                try JSONDecoder().decode(Step.self, from: Data($0.utf8))
            }
        }

        /// What was written from the start of the line each time.
        private func drawings(_ text: String) -> [String] {
            text.components(separatedBy: "\r").filter { !$0.isEmpty }
        }

        /// Requires that progress only grows and ends with everything that was read.
        private func expectWhole(_ steps: [Step]) {
            #expect(!steps.isEmpty)
            #expect(steps.map(\.copiedBytes) == steps.map(\.copiedBytes).sorted())
            #expect(steps.map(\.seconds) == steps.map(\.seconds).sorted())
            #expect(steps.allSatisfy { $0.copiedBytes <= $0.totalBytes })
            #expect(steps.last?.totalIsExact == true)
            #expect(steps.last?.copiedBytes == steps.last?.totalBytes)
            #expect(steps.last?.copiedBytes == 15 << 19)
        }

        @Test("json is lines of JSON on standard error that end with everything copied")
        func json() throws {
            let target = workplace.path("a.qcow2")
            let output = try Tool.collapse(chain.top, target, "--compress", "--progress", "json")
            #expect(output.status == 0)
            expectWhole(try steps(output.standardError))
            #expect(output.text.hasPrefix(target))
            let first = output.standardError.prefix { $0 != "\n" }
            let object = try JSONSerialization.jsonObject(with: Data(first.utf8))
            let names = (object as? [String: Any])?.keys.sorted()
            #expect(names == ["copiedBytes", "seconds", "totalBytes", "totalIsExact"])
        }

        @Test("progress goes to the descriptor that is asked for")
        func descriptor() throws {
            let output = try Tool.shell(
                #""$0" collapse "$1" a.raw --progress json --progress-descriptor 7 7>progress"#,
                chain.top,
                in: workplace.folder
            )
            #expect(output.isSuccess)
            let text = try String(contentsOfFile: workplace.path("progress"), encoding: .utf8)
            expectWhole(try steps(text))
        }

        @Test(
            "a descriptor that is not open for writing is refused before any work",
            arguments: ["7", "3", "-1", "0", "1000000"]
        )
        func badDescriptor(number: String) throws {
            let output = try Tool.shell(
                #""$0" collapse "$1" a.raw --progress json --progress-descriptor="$2" 7</dev/null"#,
                chain.top,
                number,
                in: workplace.folder
            )
            #expect(output.status == 64)
            #expect(output.standardError.contains("descriptor \(number) "))
            #expect(try workplace.names() == [])
        }

        @Test("bar draws over one line and leaves it at 100 %")
        func bar() throws {
            let target = workplace.path("a.raw")
            let output = try Tool.collapse(chain.top, target, "--progress", "bar")
            #expect(output.status == 0)
            #expect(output.standardError.utf8.count { $0 == 10 } == 1)
            #expect(output.standardError.hasSuffix("\r\n"))
            let last = drawings(output.standardError).last { $0.contains("[#") }
            #expect(last?.contains("[####################] 100%   7.5 MiB of   7.5 MiB") == true)
            #expect(last?.contains(" in ") == true)
        }

        @Test("a bar is gone when the work fails, and the error stands alone")
        func barOfFailure() throws {
            try QemuImg.create(workplace.path("cut.qcow2"), size: 64 << 20)
            try QemuImg.io(workplace.path("cut.qcow2"), ["write -q -P 9 0 64M"])
            let output = try Tool.shell(
                #"""
                truncate --size=-64k cut.qcow2
                "$0" collapse cut.qcow2 a.qcow2 --compress --threads 1 --progress bar
                """#,
                in: workplace.folder
            )
            #expect(output.status == 2)
            let tail = drawings(output.standardError).suffix(2)
            #expect(tail.first.map { !$0.contains("[#") } == true)
            #expect(tail.last?.hasPrefix("clone-image: cut.qcow2: ") == true)
        }

        @Test(
            "nothing is shown when standard error is no terminal, nor with none",
            arguments: [[], ["--progress", "auto"], ["--progress", "none"]]
        )
        func nothing(options: [String]) throws {
            let words = ["collapse", chain.top, workplace.path("a.raw")] + options
            let output = try Command.run(Tool.path(), words)
            #expect(output.isSuccess)
            #expect(output.text.hasPrefix(workplace.folder))
        }

        @Test("on a terminal there is a bar, unless it is a dumb one or quiet is asked for")
        func terminal() throws {
            let script = #"""
                export LC_ALL=C.UTF-8
                script --quiet --return --command "TERM=$2 '$0' collapse '$1' a.raw $3" /dev/null
                """#
            func screen(_ terminal: String, _ option: String) throws -> String {
                let output = try Tool.shell(
                    script,
                    chain.top,
                    terminal,
                    option + " --force",
                    in: workplace.folder
                )
                #expect(output.status == 0)
                return output.text
            }
            let text = try screen("xterm", "")
            #expect(text.contains("[████████████████████] 100%"))
            #expect(text.contains("a.raw: 24 MiB disk from 3 layers"))
            #expect(try !screen("dumb", "").contains("100%"))
            #expect(try screen("xterm", "--quiet") == "")
        }
    }
}
