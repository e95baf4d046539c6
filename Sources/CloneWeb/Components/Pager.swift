// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// Leads through a listing page by page.
struct Pager: Sendable {
    static let size = 50

    let words: String
    let previous: String?
    let next: String?

    /// The pager of a listing's page.
    init(_ query: Form, of shown: Int, total: Int, at path: String) {
        let page = Pager.page(in: query)
        let first = (page - 1) * Pager.size
        words = shown == 0 ? "0 of \(total)" : "\(first + 1)–\(first + shown) of \(total)"
        previous = page > 1 ? Pager.path(path, query, page - 1) : nil
        next = first + shown < total ? Pager.path(path, query, page + 1) : nil
    }

    /// The page that a URL asks for, from 1.
    static func page(in query: Form) -> Int {
        min(max(query["page"].flatMap { Int($0) } ?? 1, 1), 1_000_000)
    }

    private static func path(_ path: String, _ query: Form, _ page: Int) -> String {
        let search = query["search"].map { "search=\(urlEncoded($0))&" } ?? ""
        return "\(path)?\(search)page=\(page)"
    }
}

/// A text as a value in a URL.
func urlEncoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
}

extension Visit {
    /// What a listing's page asks the engine for.
    var listing: ListingOptions {
        ListingOptions(
            search: query["search"] ?? "",
            maximum: Pager.size,
            page: Pager.page(in: query)
        )
    }
}
