// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The suites that a page names which are not there.
private func unknownSuites(in page: TextFile, _ isThere: (String) -> Bool) -> [String] {
    page.text.matches(of: #/`(\w+Tests)`/#).map { String($0.output.1) }.filter { !isThere($0) }
        .map { "\(page.path): there is no \($0)" }
}

/// The tests that a page quotes which are not there; one that ends in `…` is the beginning of a name.
private func unknownTests(in page: TextFile, of names: [String]) -> [String] {
    let text = page.text.replacing(#/\s+/#, with: " ")
    return text.matches(of: #/"([^"]+)"/#).map { String($0.output.1) }
        .filter { quote in
            quote.hasSuffix("…")
                ? !names.contains { $0.hasPrefix(quote.dropLast()) } : !names.contains(quote)
        }.map { "\(page.path): there is no test \"\($0)\"" }
}

extension TextFile {
    /// The sentences that tests have for names.
    fileprivate var testNames: [String] {
        text.components(separatedBy: "@Test(").dropFirst().compactMap { rest in
            let parts = rest.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count == 3 ? String(parts[1]) : nil
        }
    }
}

@Suite("What pages say is proven")
struct ProofTests {
    @Test("every suite that a page names is there")
    func suites() {
        // A suite has a file of its name, a target a folder.
        let tests = SourceTree.paths.filter { $0.hasPrefix("Tests/") }
        let names = Set(tests.compactMap { $0.split(separator: "/").last.map(String.init) })
        let pages = SourceTree.textFiles { $0.hasSuffix(".md") }
        let unknown = pages.flatMap { page in
            unknownSuites(in: page) { names.contains($0) || names.contains($0 + ".swift") }
        }
        #expect(unknown == [])
    }

    @Test("every test that proves a requirement is there")
    func requirements() {
        let names = SourceTree.textFiles { $0.hasPrefix("Tests/") && $0.hasSuffix(".swift") }
            .flatMap(\.testNames)
        let pages = SourceTree.textFiles { $0.hasPrefix("seeds/") && $0.hasSuffix(".md") }
        #expect(!pages.isEmpty)
        #expect(pages.flatMap { unknownTests(in: $0, of: names) } == [])
    }

    @Test("what is not there is found")
    func planted() {
        let page = TextFile(
            path: "a.md",
            text: "`OneTests`: \"a\nb\", \"a …\"; `TwoTests`: \"b\", \"c…\""
        )
        #expect(unknownSuites(in: page) { $0 == "OneTests" } == ["a.md: there is no TwoTests"])
        #expect(
            unknownTests(in: page, of: ["a b"])
                == ["a.md: there is no test \"b\"", "a.md: there is no test \"c…\""]
        )
    }
}
