// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// How a document is written.
enum Representation: Sendable {
    case xml, json

    /// What a client wants; XML where it does not mind.
    ///
    /// - Throws: `Fault`, when it wants neither.
    init(accepting text: String?) throws(Fault) {
        let ranges = (text ?? "*/*").lowercased().split(separator: ",").map(MediaRange.init)
        let xml = ranges.filter { $0.covers("application/xml") || $0.type == "text/xml" }
        let json = ranges.filter { $0.covers("application/json") }
        guard let best = (xml + json).map(\.quality).max(), best > 0 else {
            throw Fault(
                .notAcceptable,
                "Not acceptable",
                "Answers are application/xml or application/json."
            )
        }
        // Who names JSON as well as everything means JSON.
        let isNamed = json.contains { $0.quality == best && !$0.type.contains("*") }
        let isXMLNamed = xml.contains { $0.quality == best && !$0.type.contains("*") }
        self = xml.allSatisfy { $0.quality < best } || (isNamed && !isXMLNamed) ? .json : .xml
    }

    var contentType: String {
        switch self {
        case .xml: "application/xml;charset=UTF-8"
        case .json: "application/json;charset=UTF-8"
        }
    }

    func data(of document: Element) -> Data {
        switch self {
        case .xml: document.xml
        case .json: document.json
        }
    }
}

/// One of the types that a client takes, and how much it likes it.
private struct MediaRange {
    let type: String
    let quality: Double

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        type = parts.first ?? ""
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
        quality = weight.flatMap { Double($0.dropFirst(2)) } ?? 1
    }

    func covers(_ type: String) -> Bool {
        self.type == type || self.type == "*/*" || self.type == "application/*"
    }
}

extension Answer {
    /// The answer as it goes through the network; nobody keeps it.
    func response(_ representation: Representation) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        switch content {
        case .nothing:
            return Response(status: status, headers: headers)
        case .document(let document):
            headers[.contentType] = representation.contentType
            let data = representation.data(of: document)
            return Response(
                status: status,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
            )
        case .other(let type, let body):
            headers[.contentType] = type
            return Response(status: status, headers: headers, body: body)
        }
    }
}
