// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import CloneEngine
import Foundation
import TestSupport
import Testing

/// The built program, in a real browser: the stories of Tests/browser.
@Suite("In a browser", .timeLimit(.minutes(5)))
struct BrowserTests {
    @Test("people log in, take snapshots, clone, watch, cancel, err, and find their way")
    func stories() throws {
        let house = try House(dataMebibytes: 16)
        let reference = house.directory.path("reference")
        let volumes = try house.engine.answer(ShowDisk(id: house.system.id), as: Session()).volumes
        try QemuImg.convert(volumes[0].path, from: "qcow2", to: reference)
        try #require(
            FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
            "Chromium is not there; Scripts/test installs it"
        )
        try PythonClients.run(
            ["browser/story.py"],
            with: ServeProcess(in: house.directory),
            [
                "NAME=admin", "STRANGER=jane", "PASSWORD=\(House.password)",
                "REFERENCE=\(reference)",
            ],
            // Beside other tests; alone it takes a quarter of it.
            maximumSeconds: 240
        )
    }
}
