// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse

/// How many threads do the work.
struct ThreadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Use so many threads; else one for each processor.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...CollapseOptions.maximumThreads).contains(threads) {
            let most = CollapseOptions.maximumThreads
            throw ValidationError("--threads is a number from 1 to \(most), not \(threads)")
        }
    }
}
