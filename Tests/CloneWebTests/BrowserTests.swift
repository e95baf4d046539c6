// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Foundation
import TestSupport
import Testing

/// The built program, in a real browser: the stories of Tests/browser.
@Suite("In a browser", .timeLimit(.minutes(5)))
struct BrowserTests {
    /// Beside other tests; alone they take a quarter of it.
    private static let maximumSeconds = "240"

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    @Test("people log in, take snapshots, clone, watch, cancel, err, and find their way")
    func stories() throws {
        let house = try House(dataMebibytes: 16)
        let reference = house.directory.path("reference")
        let volumes = try house.engine.answer(ShowDisk(id: house.system.id), as: Session()).volumes
        try QemuImg.convert(volumes[0].path, from: "qcow2", to: reference)
        let server = try RunningServer(house)
        let python = BrowserTests.root + "/.build/python/bin/python"
        for program in [python, "/usr/bin/chromium"] {
            try #require(
                FileManager.default.isExecutableFile(atPath: program),
                "\(program) is not there; Scripts/test installs it"
            )
        }
        let environment = [
            "URL=\(server.url)", "NAME=admin", "STRANGER=jane", "PASSWORD=\(House.password)",
            "REFERENCE=\(reference)", "PYTHONDONTWRITEBYTECODE=1",
        ]
        let output = try TestSupport.Command.run(
            "env",
            environment + ["timeout", BrowserTests.maximumSeconds, python, "story.py"],
            in: BrowserTests.root + "/Tests/browser"
        )
        let words = "\(output.text)\(output.standardError)\(server.lastWords)"
        #expect(output.status == 0, "\(words)")
    }
}
