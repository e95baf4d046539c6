// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import FoundationXML

extension Element {
    /// The document as XML.
    var xml: Data {
        let document = XMLDocument(rootElement: node)
        document.version = "1.0"
        document.characterEncoding = "UTF-8"
        document.isStandalone = true
        return document.xmlData(options: .nodePrettyPrint)
    }

    private var node: XMLElement {
        let node = XMLElement(name: name)
        for attribute in attributes {
            let copy = XMLNode(kind: .attribute)
            (copy.name, copy.stringValue) = (attribute.name, attribute.value.forXML)
            node.addAttribute(copy)
        }
        if case .text(let text) = content {
            node.stringValue = text.forXML
        } else {
            for child in children { node.addChild(child.node) }
        }
        return node
    }
}

extension String {
    /// The text without what XML has no way to write: such characters become a sign for that.
    fileprivate var forXML: String {
        guard unicodeScalars.contains(where: \.isForeignToXML) else { return self }
        return String(
            String.UnicodeScalarView(unicodeScalars.map { $0.isForeignToXML ? "\u{fffd}" : $0 })
        )
    }
}

extension Unicode.Scalar {
    fileprivate var isForeignToXML: Bool {
        (value < 0x20 && ![0x9, 0xa, 0xd].contains(value)) || value == 0xfffe || value == 0xffff
    }
}
