// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Texts as SQLite's `json_each` takes them: any number in one parameter.
struct JSONList {
    let text: String

    init(_ texts: [String]) throws {
        text = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    }
}
