// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import clone_image

@Suite("The report for people")
struct ReportTextTests {
    private func report(
        layers: Int = 3,
        data: UInt64 = 52 << 20,
        zeros: UInt64 = 2 << 20,
        seconds: Double = 0.5
    ) -> ReportDocument {
        let layer = ReportDocument.Layer(
            path: "a.qcow2",
            format: "qcow2",
            readBytes: 0,
            guestBytes: 0,
            lostBytes: 0
        )
        return ReportDocument(
            target: .init(path: "flat.qcow2", fileBytes: 3 << 20, allocatedBytes: 336_896),
            layers: Array(repeating: layer, count: layers),
            diskBytes: 256 << 20,
            readBytes: 12 << 20,
            writtenBytes: 65_740,
            sharedBytes: 0,
            zeroBytes: zeros,
            skippedBytes: (256 << 20) - data,
            lostBytes: 0,
            digest: nil,
            verifiedDigest: nil,
            resumedBytes: 0,
            warnings: [],
            threads: 2,
            seconds: seconds
        )
    }

    @Test("two lines tell what came from where, how fast, and what it takes")
    func chain() {
        #expect(
            ReportText(report: report(), base: nil).text == """
                flat.qcow2: 256 MiB disk from 3 layers in 0.5 s (104 MiB/s)
                50 MiB data, 206 MiB zeros; 12 MiB read, 64.2 KiB written, 329 KiB on disk
                """
        )
    }

    @Test("one layer is not layers, and a disk without data has no rate")
    func single() {
        let text = ReportText(report: report(layers: 1, data: 0, zeros: 0), base: nil).text
        #expect(text.contains("256 MiB disk from 1 layer in 0.5 s\n0 B data, 256 MiB zeros;"))
    }

    @Test("above a base, nobody knows what is zeros")
    func base() {
        let text = ReportText(report: report(), base: "base.qcow2").text
        #expect(text.contains("256 MiB disk above base.qcow2 in"))
        #expect(text.contains("\n50 MiB data; 12 MiB read"))
        #expect(!text.contains("zeros"))
    }
}
