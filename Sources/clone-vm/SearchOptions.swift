// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// What of a list is wanted.
struct SearchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only what this search finds, in oVirt's language: "
                + "'name=web* and status=down sortby name desc page 2'. "
                + "A field that is not there is answered with those that are.",
            valueName: "query"
        )
    )
    var search = ""

    /// The engine's options; so many entries at most, or so many on a page.
    func listing(limit: Int? = nil) -> ListingOptions {
        ListingOptions(search: search, maximum: limit)
    }
}
