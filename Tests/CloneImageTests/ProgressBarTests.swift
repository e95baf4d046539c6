// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Terminal
import Testing

@testable import clone_image

@Suite("The progress bar")
struct ProgressBarTests {
    private let plain = ProgressBar(Bar(glyphs: .ascii))
    private let smooth = ProgressBar(Bar(glyphs: .blocks))

    private func progress(
        _ copied: UInt64,
        of total: UInt64,
        after seconds: Double,
        isExact: Bool = true
    ) -> ProgressDocument {
        ProgressDocument(
            copiedBytes: copied,
            totalBytes: total,
            totalIsExact: isExact,
            seconds: seconds
        )
    }

    @Test("the bar shows part, amounts, rate and time left")
    func contents() {
        let line = plain.line(progress(26 << 20, of: 52 << 20, after: 2))
        #expect(
            line == "[##########..........]  50%    26 MiB of    52 MiB    13 MiB/s  0:02 left"
        )
    }

    @Test("a total that is an estimate is marked as one")
    func estimate() {
        let line = plain.line(progress(1 << 20, of: 52 << 20, after: 2, isExact: false))
        #expect(line.contains("1 MiB of   ~52 MiB"))
    }

    @Test("no time is promised before the rate can be told")
    func early() {
        #expect(!plain.line(progress(1 << 20, of: 52 << 20, after: 0.1)).contains("left"))
        #expect(!plain.line(progress(0, of: 52 << 20, after: 3)).contains("left"))
        #expect(plain.line(progress(1 << 20, of: 52 << 20, after: 0.5)).contains("0:26 left"))
    }

    @Test("when all is copied, the target is still to be finished")
    func finishing() {
        let line = plain.line(progress(52 << 20, of: 52 << 20, after: 4))
        #expect(line.contains("[####################] 100%"))
        #expect(line.hasSuffix("13 MiB/s  finishing"))
    }

    @Test("the last line shows 100 % and the time it took")
    func last() {
        let line = plain.lastLine(progress(52 << 20, of: 52 << 20, after: 4))
        #expect(line.contains("] 100%") && line.hasSuffix("  in 4 s"))
        let empty = plain.lastLine(progress(0, of: 0, after: 0))
        #expect(empty.contains("[####################] 100%       0 B of       0 B"))
    }

    @Test("block characters fill in eighths of a column")
    func blocks() {
        let bars = (0...160).map { step in
            let value = progress(UInt64(step * 1000 + 500), of: 160_500, after: 1)
            return smooth.line(value).drop { $0 != "[" }.prefix { $0 != "]" }
        }
        #expect(Set(bars).count == 161)
        #expect(Set(bars.map(\.count)) == [21])
        #expect(bars[0] == "[" + String(repeating: " ", count: 20))
        #expect(bars[12] == "[█▌" + String(repeating: " ", count: 18))
        #expect(bars[160] == "[" + String(repeating: "█", count: 20))
    }

    @Test("no line is wider than 79 columns, whatever the numbers")
    func width() {
        let sizes: [UInt64] = [0, 1, 999, 1000, 102_349, 1_023_487, 1_023_488, 99_990_000, 1 << 40]
        let totals = sizes + [UInt64(Int64.max), .max]
        let times = [0, 1e-9, 0.39, 0.4, 59.94, 3599.4, 86_399, 359_999, 360_001, 1e9]
        var widest = 0
        for total in totals {
            for copied in totals where copied <= total {
                for time in times {
                    for isExact in [true, false] {
                        let value = progress(copied, of: total, after: time, isExact: isExact)
                        let lines = [plain, smooth].flatMap {
                            [$0.line(value), $0.lastLine(value)]
                        }
                        widest = max(widest, lines.map(\.count).max() ?? 0)
                    }
                }
            }
        }
        #expect(widest > 70 && widest <= 79)
    }

    @Test(
        "block characters are for locales in UTF-8 only",
        arguments: [
            (["LANG": "en_GB.UTF-8"], true), (["LANG": "de_DE.utf8"], true),
            (["LANG": "C"], false), ([:], false), (["LANG": "en_GB.UTF-8", "LC_ALL": "C"], false),
            (["LC_CTYPE": "C.UTF-8", "LANG": "C"], true),
            (["LC_ALL": "", "LANG": "C.UTF-8"], true),
        ]
    )
    func locale(environment: [String: String], isUnicode: Bool) {
        #expect(Screen.isUnicode(environment) == isUnicode)
    }
}
