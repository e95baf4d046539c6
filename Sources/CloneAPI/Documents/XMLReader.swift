// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import FoundationXML

/// Reads a document from XML that a stranger has sent.
///
/// Document types are refused, and with them all entities but the five that XML knows: nothing is
/// opened, and nothing grows.
final class XMLReader: NSObject, XMLParserDelegate {
    private var ancestors: [Element] = []
    private var texts: [String] = []
    private var root: Element?
    private var count = 0
    private var refusal: String?

    /// Reads a whole document.
    ///
    /// - Throws: `Fault`, a bad request with the reason.
    static func read(_ data: Data) throws(Fault) -> Element {
        try checkProlog(data)
        let reader = XMLReader()
        let parser = XMLParser(data: data)
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        let isWhole = parser.parse()
        if let refusal = reader.refusal { throw .badDocument(refusal) }
        guard isWhole, let root = reader.root else {
            throw .badDocument("it is not well-formed XML, at line \(parser.lineNumber)")
        }
        return root
    }

    /// Refuses document types, and encodings in which one could not be seen.
    private static func checkProlog(_ data: Data) throws(Fault) {
        guard let text = String(data: data, encoding: .utf8), !data.contains(0) else {
            throw .badDocument("it is not UTF-8")
        }
        if text.range(of: "<!DOCTYPE", options: .caseInsensitive) != nil
            || text.range(of: "<!ENTITY", options: .caseInsensitive) != nil
        {
            throw .badDocument("a document type is not allowed")
        }
        let declaration = text.prefix(200).prefix { $0 != ">" }.lowercased()
        if declaration.hasPrefix("<?xml"), let name = declaration.range(of: "encoding"),
            !declaration[name.upperBound...].contains("utf-8"),
            !declaration[name.upperBound...].contains("ascii")
        {
            throw .badDocument("it is not encoded as UTF-8")
        }
    }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        count += 1
        if ancestors.count >= DocumentLimits.depth {
            return refuse("its elements are nested more than \(DocumentLimits.depth) deep", parser)
        }
        if count > DocumentLimits.elements {
            return refuse("it has more than \(DocumentLimits.elements) elements", parser)
        }
        var element = Element(name)
        element.attributes = attributes.sorted { $0.key < $1.key }
            .map { .init(name: $0.key, value: $0.value) }
        ancestors.append(element)
        texts.append("")
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if !texts.isEmpty { texts[texts.count - 1] += text }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        if !texts.isEmpty { texts[texts.count - 1] += String(decoding: block, as: UTF8.self) }
    }

    func parser(
        _ parser: XMLParser,
        didEndElement name: String,
        namespaceURI: String?,
        qualifiedName: String?
    ) {
        guard var element = ancestors.popLast(), let text = texts.popLast() else { return }
        if element.children.isEmpty, !text.isEmpty { element.content = .text(text) }
        guard let parent = ancestors.indices.last else { return root = element }
        ancestors[parent].content = .elements(ancestors[parent].children + [element])
    }

    func parser(
        _ parser: XMLParser,
        foundInternalEntityDeclarationWithName name: String,
        value: String?
    ) {
        refuse("a document type is not allowed", parser)
    }

    func parser(
        _ parser: XMLParser,
        foundExternalEntityDeclarationWithName name: String,
        publicID: String?,
        systemID: String?
    ) {
        refuse("a document type is not allowed", parser)
    }

    private func refuse(_ reason: String, _ parser: XMLParser) {
        guard refusal == nil else { return }
        refusal = reason
        parser.abortParsing()
    }
}
