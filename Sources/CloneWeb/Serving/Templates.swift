// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Mustache

/// The pages' templates, which are a part of the program.
struct Templates: Sendable {
    /// Why a page cannot be made: always a fault of the program.
    struct Missing: Error {
        let name: String
    }

    private let library: MustacheLibrary

    /// Templates by name.
    ///
    /// - Throws: what is wrong with one of them.
    init(_ texts: [String: String]) throws {
        MustacheContentTypes.register(MarkupText(), named: MarkupText.name)
        var library = MustacheLibrary()
        for (name, text) in texts {
            // A file ends with a line break, which belongs to no page.
            let text = text.hasSuffix("\n") ? String(text.dropLast()) : text
            try library.register("{{% CONTENT_TYPE: \(MarkupText.name)}}\n\(text)", named: name)
        }
        self.library = library
    }

    func render(_ model: any Sendable, with name: String) throws -> String {
        guard let text = library.render(model, withTemplate: name) else {
            throw Missing(name: name)
        }
        return text
    }
}

/// Text that stands in a page, between tags or as an attribute's value.
///
/// Escapes by scalar: a quote stays one when an accent is put on it, whatever looks like one character.
struct MarkupText: MustacheContentType {
    static let name = "markup"

    func escapeText(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
