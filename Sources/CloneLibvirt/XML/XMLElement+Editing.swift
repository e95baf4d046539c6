// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import FoundationXML

extension XMLElement {
    /// A new element with attributes.
    convenience init(_ name: String, _ attributes: [(String, String)] = [], text: String? = nil) {
        self.init(name: name)
        for (name, value) in attributes { set(name, value) }
        if let text { stringValue = text }
    }

    /// Gives an attribute a value, or takes it away.
    func set(_ attribute: String, _ value: String?) {
        removeAttribute(forName: attribute)
        guard let value else { return }
        let node = XMLNode(kind: .attribute)
        (node.name, node.stringValue) = (attribute, value)
        addAttribute(node)
    }

    /// Takes away all elements of some names in this one.
    func remove(_ names: String...) {
        for name in names {
            for element in elements(forName: name) { element.detach() }
        }
    }

    /// The element of a name in this one, which is made where there is none.
    func made(_ name: String) -> XMLElement {
        if let element = first(name) { return element }
        let element = XMLElement(name)
        addChild(element)
        return element
    }

    /// Takes away what libvirt has added while the domain was running, and what it adds by itself.
    func forgetAliases() {
        for alias in elements(forName: "alias") where alias.value("name")?.hasPrefix("ua-") != true
        {
            alias.detach()
        }
    }
}
