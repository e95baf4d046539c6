// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The links of a page that lead nowhere in the repository.
private func brokenLinks(in page: TextFile, exists: (String) -> Bool) -> [String] {
    page.links.filter { !$0.isElsewhere }.compactMap { link in
        let path = link.prefix { $0 != "#" }.removingPercentEncoding ?? link
        guard let target = resolve(path, from: page.folder), exists(target) else {
            return "\(page.path): \(link) leads nowhere"
        }
        return nil
    }
}

/// The path from the root, or nothing where the link leaves the repository.
private func resolve(_ link: String, from folder: [Substring]) -> String? {
    var parts = folder
    for part in link.split(separator: "/") where part != "." {
        if part != ".." {
            parts.append(part)
        } else if parts.popLast() == nil {
            return nil
        }
    }
    return link.hasPrefix("/") ? nil : parts.joined(separator: "/")
}

extension TextFile {
    /// The targets of links and pictures outside code.
    fileprivate var links: [String] {
        var prose = ""
        var isFenced = false
        for line in lines {
            let isFence = line.drop { $0 == " " }.hasPrefix("```")
            if isFence { isFenced.toggle() }
            if !isFence, !isFenced { prose += line + "\n" }
        }
        let plain = prose.replacing(#/`[^`]*`/#, with: "")
        return plain.matches(of: #/\]\(([^)\s]+)/#).map { String($0.output.1) }
            + plain.matches(of: #/(?:src|href)="([^"]+)"/#).map { String($0.output.1) }
    }
}

extension String {
    /// A link within the page, or with a scheme.
    fileprivate var isElsewhere: Bool { hasPrefix("#") || contains(#/^[A-Za-z][A-Za-z0-9+.-]*:/#) }
}

@Suite("Links")
struct LinkTests {
    @Test("every link to a file of the repository leads to one")
    func tree() {
        // DocC resolves the links of its own pages.
        let pages = SourceTree.textFiles { $0.hasSuffix(".md") && !$0.contains(".docc/") }
        let broken = pages.flatMap { page in
            brokenLinks(in: page) { path in
                FileManager.default.fileExists(atPath: SourceTree.place(of: path))
            }
        }
        #expect(broken == [])
    }

    @Test(
        "a link is resolved from its page",
        arguments: [
            ("[a](README.md)", 1), ("[a](../README.md#top)", 0), ("![a](picture.svg)", 1),
            ("[a](/README.md)", 1), ("[a](../../README.md)", 1), ("[a](./guide.md)", 0),
            ("<img src=\"../none.svg\">", 1), ("[a](#below) [b](https://example.org/x)", 0),
            ("`[a](none.md)`", 0), ("```\n[a](none.md)\n```", 0), ("[a](../Docs%20Old)", 0),
        ]
    )
    func planted(text: String, count: Int) {
        let known: Set = ["README.md", "docs/guide.md", "Docs Old"]
        let page = TextFile(path: "docs/page.md", text: text)
        #expect(brokenLinks(in: page, exists: known.contains).count == count)
    }
}
