// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import FoundationXML

/// An element of an OVF document with what is in it.
///
/// Documents are read by way of these, not by a decoder: a program that asks for one configuration
/// would spend more time on preparing the decoder than on all the rest.
final class OVFElement {
    let name: String
    private let attributes: [String: String]
    fileprivate(set) var text = ""
    fileprivate(set) var children: [OVFElement] = []

    fileprivate init(_ name: String, _ attributes: [String: String]) {
        (self.name, self.attributes) = (name, attributes)
    }

    /// The root of a document.
    ///
    /// - Throws: `Damage` when it is not well-formed XML.
    static func root(of document: Substring) throws(OVFDocument.Damage) -> OVFElement {
        let parser = XMLParser(data: Data(document.utf8))
        let builder = Builder()
        parser.delegate = builder
        guard parser.parse(), parser.parserError == nil, let root = builder.root else {
            throw OVFDocument.Damage("it is not well-formed XML, or has no content")
        }
        return root
    }

    /// The elements in it that have a name.
    func children(_ key: some CodingKey) -> [OVFElement] {
        children.filter { $0.name == key.stringValue }
    }

    /// The only element in it that has a name.
    func child(_ key: some CodingKey) throws(OVFDocument.Damage) -> OVFElement {
        let found = children(key)
        guard found.count == 1 else { throw .missing(key) }
        return found[0]
    }

    /// The value of an attribute or, where there is none, the text of the element of the name.
    func string(_ key: some CodingKey) -> String? {
        attributes[key.stringValue] ?? children(key).first?.text
    }

    /// The value of an attribute or an element that must be there.
    func value<Value: LosslessStringConvertible>(
        _ key: some CodingKey
    ) throws(OVFDocument.Damage) -> Value {
        guard let value = string(key).flatMap(Value.init) else { throw .missing(key) }
        return value
    }
}

extension OVFDocument.Damage {
    fileprivate static func missing(_ key: some CodingKey) -> Self {
        Self("'\(key.stringValue)' is missing or cannot be read")
    }
}

/// Makes elements of what a parser finds.
private final class Builder: NSObject, XMLParserDelegate {
    private var openElements: [OVFElement] = []
    private(set) var root: OVFElement?

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        let element = OVFElement(name, attributes)
        openElements.last?.children.append(element)
        root = root ?? element
        openElements.append(element)
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        openElements.last?.text += text
    }

    func parser(
        _ parser: XMLParser,
        didEndElement name: String,
        namespaceURI: String?,
        qualifiedName: String?
    ) {
        openElements.removeLast()
    }
}
