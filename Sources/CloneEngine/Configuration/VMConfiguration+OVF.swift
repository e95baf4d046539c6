// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import XMLCoder

extension VMConfiguration {
    /// The longest text: many times that of the devices that a VM has addresses for.
    static let maximumOVFBytes = 1 << 19
    /// How many elements more than were ended may have begun: the parser's stack has its limits.
    private static let maximumOpenElements = 1000

    /// The configuration as an OVF document in oVirt's shape, from which `init(ovf:)` makes it again.
    ///
    /// - Throws: `EngineError` when a name has a character that XML cannot express, or all are too long.
    package func ovf() throws(EngineError) -> String {
        let data = try? VMConfiguration.encoder.encode(
            OVFDocument(self),
            withRootKey: "ovf:Envelope",
            header: XMLHeader(version: 1.0, encoding: "UTF-8")
        )
        let text = String(decoding: data ?? Data(), as: UTF8.self)
        guard !text.isEmpty, text.unicodeScalars.allSatisfy(\.isInXML) else {
            throw EngineError.noConfiguration("written as OVF: a name has a control character")
        }
        guard text.utf8.count <= VMConfiguration.maximumOVFBytes else {
            throw EngineError.noConfiguration("written as OVF: its names are too long")
        }
        return text
    }

    /// Reads what `ovf()` wrote; what else oVirt writes there is passed over.
    ///
    /// - Throws: `EngineError` with the key `VM_SNAPSHOT_HAS_NO_CONFIGURATION` when the text is no
    ///   such document, or a value in it is missing or impossible.
    package init(ovf text: String) throws(EngineError) {
        do {
            let root = try OVFElement.root(of: VMConfiguration.body(of: text))
            self = try OVFDocument(root).configuration()
        } catch {
            let reason = (error as? OVFDocument.Damage)?.reason ?? "\(error)"
            throw EngineError.noConfiguration("read from its OVF: \(reason)")
        }
    }

    /// The document without its header, if it is one that a parser can be trusted with.
    ///
    /// Without declarations there are no entities, whose text can grow without bounds, and no other
    /// encoding; without comments and instructions every bracket belongs to an element.
    private static func body(of text: String) throws(OVFDocument.Damage) -> Substring {
        guard text.utf8.count <= maximumOVFBytes else { throw OVFDocument.Damage("it is too long") }
        let body = text.hasPrefix(header) ? text.dropFirst(header.count) : text[...]
        var openElements = 0
        for (bracket, next) in zip(body.utf8, body.utf8.dropFirst())
        where bracket == UInt8(ascii: "<") {
            switch next {
            case UInt8(ascii: "/"): openElements -= 1
            case UInt8(ascii: "!"), UInt8(ascii: "?"):
                throw OVFDocument.Damage("it has more in it than elements")
            default: openElements += 1
            }
            guard openElements <= maximumOpenElements else {
                throw OVFDocument.Damage("it has too many elements in one another")
            }
        }
        return body
    }

    private static let header = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

    private static var encoder: XMLEncoder {
        let encoder = XMLEncoder()
        encoder.outputFormatting = .prettyPrinted
        encoder.prettyPrintIndentation = .spaces(2)
        // A reader makes spaces and line feeds of these where they stand for themselves.
        encoder.charactersEscapedInElements += [("\r", "&#13;")]
        encoder.charactersEscapedInAttributes += [
            ("\r", "&#13;"), ("\n", "&#10;"), ("\t", "&#9;"),
        ]
        encoder.nodeEncodingStrategy = .custom { _, _ in
            { key in
                let name = key.stringValue
                return name.contains(":") && !name.hasPrefix("rasd:") ? .attribute : .element
            }
        }
        return encoder
    }
}

extension Unicode.Scalar {
    /// True for what XML 1.0 allows in a document (section 2.2).
    fileprivate var isInXML: Bool {
        switch value {
        case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10_ffff: true
        default: false
        }
    }
}

extension EngineError {
    /// What cannot be done with a configuration, and why.
    static func noConfiguration(_ failure: String) -> EngineError {
        EngineError(
            Refusal(
                "VM_SNAPSHOT_HAS_NO_CONFIGURATION",
                .badRequest,
                "The VM's configuration cannot be \(failure)."
            )
        )
    }
}
