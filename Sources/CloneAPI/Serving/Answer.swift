// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes
internal import Hummingbird

/// What is answered.
struct Answer: Sendable {
    enum Content: Sendable {
        case document(Element)
        case nothing
        /// Something that is neither XML nor JSON of ours.
        case other(type: String, ResponseBody)
    }

    var status: HTTPResponse.Status
    var content: Content

    init(_ status: HTTPResponse.Status, _ content: Content) {
        (self.status, self.content) = (status, content)
    }

    /// A document that was asked for.
    init(_ document: Element) { self.init(.ok, .document(document)) }

    /// Something new.
    static func created(_ document: Element) -> Answer { Answer(.created, .document(document)) }

    /// Something that is being made.
    static func accepted(_ document: Element) -> Answer { Answer(.accepted, .document(document)) }

    /// An action that is done.
    static let complete = Answer(Element("action", [Element("status", "complete")]))
}
