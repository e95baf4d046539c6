// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

private let header = """
    // Copyright the clone-image authors
    // SPDX-License-Identifier: Apache-2.0

    """

private func missingHeader(in file: SwiftFile) -> [String] {
    file.text.hasPrefix(header) ? [] : [file.finding(1, "the two lines of the licence are missing")]
}

@Suite("Licence headers")
struct HeaderTests {
    @Test("every Swift file begins with copyright and licence")
    func tree() {
        #expect((SourceTree.sources + SourceTree.tests).flatMap(missingHeader) == [])
    }

    @Test("a missing, late or altered header is found")
    func planted() {
        func findings(_ text: String) -> Int {
            missingHeader(in: SwiftFile(path: "A.swift", text: text)).count
        }
        #expect(findings(header + "\nimport DiskIO\n") == 0)
        #expect(findings("import DiskIO\n") == 1)
        #expect(findings("\n" + header) == 1)
        #expect(findings(header.replacing("Apache-2.0", with: "MIT")) == 1)
    }
}
