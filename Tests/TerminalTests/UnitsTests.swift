// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Terminal
import Testing

@Suite("Units")
struct UnitsTests {
    @Test(
        "a size has at most three digits and a binary unit",
        arguments: [
            (0, "0 B"), (1, "1 B"), (999, "999 B"), (1000, "0.98 KiB"), (1024, "1 KiB"),
            (1536, "1.5 KiB"), (65_740, "64.2 KiB"), (10_235, "10 KiB"), (102_348, "99.9 KiB"),
            (102_399, "100 KiB"), (1_023_487, "999 KiB"), (1_023_488, "0.98 MiB"),
            (1 << 20, "1 MiB"), (52 << 20, "52 MiB"), (1 << 30, "1 GiB"), (5 << 40, "5 TiB"),
            (7 << 50, "7 PiB"), (UInt64.max, "16 EiB"),
        ] as [(UInt64, String)]
    )
    func sizes(bytes: UInt64, text: String) {
        #expect(size(bytes) == text)
    }

    @Test(
        "a time is told in the two units that matter",
        arguments: [
            (0, "0 s"), (0.004, "0 s"), (0.284, "0.28 s"), (9.994, "9.99 s"), (9.996, "10 s"),
            (12.34, "12.3 s"), (59.9, "59.9 s"), (59.96, "1 min 0 s"), (205, "3 min 25 s"),
            (3599.4, "59 min 59 s"), (3600, "1 h 0 min"), (7500, "2 h 5 min"),
            (359_999, "99 h 59 min"), (360_000, "4 days"),
        ] as [(Double, String)]
    )
    func durations(seconds: Double, text: String) {
        #expect(duration(seconds) == text)
    }

    @Test(
        "time to wait is shown as by a clock and rounded up",
        arguments: [
            (0.1, "0:01"), (7, "0:07"), (59.5, "1:00"), (3599, "59:59"), (3600, "1:00:00"),
            (352_861, "98:01:01"), (356_400, "4 days"), (1e300, "999 days"),
        ] as [(Double, String)]
    )
    func clocks(seconds: Double, text: String) {
        #expect(clock(seconds) == text)
    }

    @Test("a rate is bytes a second, and there is none without bytes or time")
    func rates() {
        #expect(rate(3 << 20, in: 2) == "1.5 MiB/s")
        #expect(rate(0, in: 2) == nil)
        #expect(rate(1, in: 0) == nil)
        #expect(rate(.max, in: 1e-12)?.hasSuffix(" PiB/s") == true)
    }
}
