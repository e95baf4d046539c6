// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whether a file is one that people or machines run.
func isScript(_ path: String) -> Bool {
    (path.hasPrefix("Scripts/") || path.hasPrefix(".ci/")) && !readByOthers.contains(path)
}

/// What scripts share stands beside them and is never run.
private let readByOthers: Set = ["Scripts/lib.sh"]

private func faults(of script: TextFile, isExecutable: Bool) -> [String] {
    var found: [String] = []
    if !isExecutable { found.append("\(script.path): not executable") }
    if !script.text.hasPrefix("#!/") { found.append("\(script.path): no #! line") }
    return found
}

@Suite("Scripts")
struct ScriptTests {
    @Test("every script can be run")
    func tree() {
        let broken = SourceTree.textFiles(where: isScript).flatMap { script in
            let path = SourceTree.place(of: script.path)
            return faults(
                of: script,
                isExecutable: FileManager.default.isExecutableFile(atPath: path)
            )
        }
        #expect(broken == [])
    }

    @Test("a script that cannot be run is found")
    func planted() {
        let good = TextFile(path: "Scripts/a", text: "#!/usr/bin/env bash\n")
        let bare = TextFile(path: "Scripts/a", text: "echo\n")
        #expect(faults(of: good, isExecutable: true) == [])
        #expect(faults(of: good, isExecutable: false).count == 1)
        #expect(faults(of: bare, isExecutable: true).count == 1)
        #expect(faults(of: bare, isExecutable: false).count == 2)
    }

    @Test("what is run and what is read are told apart")
    func kinds() {
        #expect(isScript("Scripts/test") && isScript(".ci/run"))
        #expect(!isScript("Scripts/lib.sh") && !isScript("Package.swift"))
    }
}
