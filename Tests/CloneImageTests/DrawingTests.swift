// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("clone-image map --svg")
struct DrawingTests {
    private let directory: TemporaryDirectory
    private var image: String { directory.path("a.qcow2") }

    init() throws {
        directory = try TemporaryDirectory()
        try QemuImg.create(image, size: 1 << 20)
    }

    private func draw(to path: String) throws -> Command.Output {
        try Tool.run("map", "--svg", path, image)
    }

    private func expectRefusal(_ path: String, _ words: String) throws {
        let output = try draw(to: path)
        #expect(output.status == 1 && output.text.isEmpty)
        #expect(output.standardError.hasPrefix("clone-image: \(path): "), "\(output)")
        #expect(output.standardError.contains(words), "\(output)")
    }

    @Test("no image is overwritten: not the one that is drawn, and no other")
    func images() throws {
        let other = directory.path("other.qcow2")
        try QemuImg.create(other, size: 1 << 20)
        let before = try [image, other].map { try FileFacts($0) }
        for path in [image, other] {
            try expectRefusal(path, "this is a qcow2 image and no SVG drawing, and is left alone")
        }
        let words = ["map", "--svg", image, other]
        #expect(try Tool.run(words).status == 1)
        #expect(try [image, other].map { try FileFacts($0) } == before)
    }

    @Test("nor is an image that another program writes to")
    func live() throws {
        let other = directory.path("live.qcow2")
        try QemuImg.create(other, size: 1 << 20)
        let writer = try ImageWriter(other)
        try expectRefusal(other, "this is a qcow2 image")
        writer.stop()
        try QemuImg.check(other)
    }

    @Test(
        "nor is a disk or a text that only begins or ends like a drawing",
        arguments: ["<svg>" + String(repeating: "\0", count: 5000), "<p/><svg/>", "text </svg>"]
    )
    func pretenders(text: String) throws {
        let path = directory.path("pretender")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try expectRefusal(path, "this is a file and no SVG drawing")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(text.utf8))
    }

    @Test("a directory, a device and a name in no directory are errors that name it")
    func others() throws {
        try expectRefusal(directory.path, "this is a directory, a pipe or a device")
        try expectRefusal("/dev/null", "this is a directory, a pipe or a device")
        let absent = directory.path("absent/a.svg")
        let output = try draw(to: absent)
        #expect(output.status == 1 && output.standardError.contains(absent), "\(output)")
    }

    @Test("an older drawing and an empty file are replaced, and nothing is left beside them")
    func replaced() throws {
        let path = directory.path("a.svg")
        #expect(try draw(to: path).isSuccess)
        let drawing = try Data(contentsOf: URL(fileURLWithPath: path))
        for old in ["<?xml version=\"1.0\"?>\n<svg>longer</svg>\n\n", ""] {
            try Data(old.utf8).write(to: URL(fileURLWithPath: path))
            #expect(try draw(to: path).isSuccess)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == drawing)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.sorted() == ["a.qcow2", "a.svg"])
    }

    @Test(
        "the mask decides who may read a new drawing",
        arguments: [("022", 0o644), ("027", 0o640)]
    )
    func permissions(mask: String, mode: Int) throws {
        let output = try Tool.shell(
            "umask \(mask); \"$0\" map --svg a.svg a.qcow2; stat -c %a a.svg",
            in: directory.path
        )
        #expect(output.text == String(mode, radix: 8) + "\n")
    }

    @Test("- is standard output")
    func standardOutput() throws {
        let output = try Tool.run("map", "--svg", "-", "a.qcow2", in: directory.path)
        #expect(
            output.isSuccess && output.text.hasPrefix("<svg ") && output.text.hasSuffix("</svg>\n")
        )
        #expect(!FileManager.default.fileExists(atPath: directory.path("-")))
    }

    /// What a row of a drawing has, by a part of its title: its label, and the bars of each colour.
    private func row(
        _ title: String,
        in drawing: String
    ) throws -> (label: String, bars: [Substring: Substring]) {
        let rows = drawing.split(separator: "<g><title>").filter { row in
            row.prefix { $0 != "<" }.contains(title)
        }
        #expect(rows.count == 1, "\(title)")
        let row = try #require(rows.first)
        let bars = row.matches(of: #/<path fill="([^"]*)" d="([^"]*)"\/>/#)
        let label = row.firstMatch(of: #/<text [^>]*>([^<]*)</#)?.1
        return (String(label ?? ""), Dictionary(bars.map { ($0.1, $0.2) }) { $0 + $1 })
    }

    @Test(
        "bars are as high as their part of the disk is full; what is hidden is grey, all else is not"
    )
    func bars() throws {
        let (base, top) = (directory.path("base.qcow2"), directory.path("top.qcow2"))
        // A part of the drawing is 1 MiB.
        try QemuImg.create(base, size: 480 << 20)
        try QemuImg.io(
            base,
            ["write -q -P 1 0 2M", "write -q -P 1 5M 512k", "write -q -P 1 9M 64k"]
        )
        try QemuImg.create(top, size: 480 << 20, backing: "base.qcow2")
        try QemuImg.io(top, ["write -q -P 2 1M 1M", "write -q -P 2 5M 256k"])
        let drawing = try Tool.run("map", "--svg", "-", top).text
        #expect(!drawing.contains("opacity"))
        let heights = { (bars: Substring?) in
            (bars ?? "").split(separator: "M").map { bar in
                bar.split(separator: "v-").last?.split(separator: "h").first.map(String.init)
            }
        }
        let grey: Substring = "#aab1b9"
        let lower = try row("base.qcow2", in: drawing)
        let colours = lower.bars.keys.filter { $0 != grey }
        #expect(colours.count == 1 && lower.bars.count == 2)
        #expect(heights(lower.bars[colours[0]]) == ["22", "6", "2"])
        #expect(heights(lower.bars[grey]) == ["22", "6"])
        let upper = try row("top.qcow2: ", in: drawing)
        #expect(upper.bars.count == 1 && upper.bars[grey] == nil)
        #expect(upper.bars.values.map(heights) == [["22", "6"]])
        let disk = try row("what the guest reads", in: drawing)
        #expect(disk.bars.mapValues(heights)[colours[0]] == ["22", "2"])
        #expect(upper.bars.keys.map { heights(disk.bars[$0]) } == [["22", "11"]])
    }

    @Test(
        "a name is shown whole where there is room, else with both ends",
        arguments: [
            ("5bc8fbbc-bde5-4099-8164-d8399f767c45", "5bc8fbbc-bde5-4099-8164-d8399f767c45"),
            ("first" + String(repeating: "-long", count: 20) + "-last.qcow2", nil),
            (String(repeating: "W", count: 60), nil),
        ]
    )
    func names(name: String, shown: String?) throws {
        try QemuImg.create(directory.path(name), size: 1 << 20)
        let drawing = try Tool.run("map", "--svg", "-", directory.path(name)).text
        let label = try row(name, in: drawing).label
        guard shown == nil else { return #expect(label == shown) }
        let parts = label.split(separator: "…")
        #expect(parts.count == 2 && name.hasPrefix(parts[0]) && name.hasSuffix(parts[1]))
        #expect(abs(parts[0].count - parts[1].count) < 2 && label.count > 15 && label.count < 50)
    }
}
