// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import FoundationXML

extension XMLElement {
    /// The root of a document.
    ///
    /// - Throws: `MachineTextError` when the text is no XML, or has another root.
    static func root(_ name: String, of text: String) throws(MachineTextError) -> XMLElement {
        // The tree's reader cannot be trusted with what is not well-formed; the other one can.
        guard !text.isEmpty, XMLParser(data: Data(text.utf8)).parse(),
            let document = try? XMLDocument(
                xmlString: text,
                options: .nodeLoadExternalEntitiesNever
            ),
            let root = document.rootElement(), root.name == name
        else { throw MachineTextError(reason: "it is no <\(name)> document") }
        root.detach()
        return root
    }

    /// The first element of a name in this one.
    func first(_ name: String) -> XMLElement? { elements(forName: name).first }

    /// The element that a path of names leads to, the first of each name.
    func first(_ names: String...) -> XMLElement? {
        names.reduce(self) { element, name in element?.first(name) }
    }

    /// All elements in this one.
    var elements: [XMLElement] { (children ?? []).compactMap { $0 as? XMLElement } }

    /// An attribute's value; nil for one that is empty as well.
    func value(_ attribute: String) -> String? {
        guard let text = self.attribute(forName: attribute)?.stringValue, !text.isEmpty else {
            return nil
        }
        return text
    }

    /// The element's text; nil for one that has none.
    var text: String? {
        let text = (stringValue ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }
}

/// Why a definition of libvirt's cannot be used.
struct MachineTextError: Error, Hashable, Sendable {
    let reason: String
}
