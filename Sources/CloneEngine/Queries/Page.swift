// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What of a listing is wanted.
package struct ListingOptions: Hashable, Sendable {
    /// A search in oVirt's query language; empty for all.
    package var search: String
    /// Whether `name=x` finds X.
    package var isCaseSensitive: Bool
    /// The entries of one page; nil for all.
    package var maximum: Int?
    /// The page, from 1; one in the search goes before it.
    package var page: Int

    /// oVirt's page, where a page is asked for and no size of it.
    static let defaultPageSize = 100

    package init(
        search: String = "",
        isCaseSensitive: Bool = false,
        maximum: Int? = nil,
        page: Int = 1
    ) {
        (self.search, self.isCaseSensitive) = (search, isCaseSensitive)
        (self.maximum, self.page) = (maximum, page)
    }
}

/// Some entries of a listing, and how many there are in all.
package struct Page<Entry: Sendable>: Sendable, RandomAccessCollection {
    package let entries: [Entry]
    /// All that were found, on this page or another.
    package let totalCount: Int

    package init(_ entries: [Entry], of totalCount: Int) {
        (self.entries, self.totalCount) = (entries, totalCount)
    }

    package var startIndex: Int { entries.startIndex }
    package var endIndex: Int { entries.endIndex }
    package subscript(position: Int) -> Entry { entries[position] }
}

extension Page: Equatable where Entry: Equatable {}
extension Page: Hashable where Entry: Hashable {}
