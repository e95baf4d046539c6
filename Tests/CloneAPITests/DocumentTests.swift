// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Testing

@testable import CloneAPI

@Suite("Documents that strangers send")
struct DocumentTests {
    private static let bomb = """
        <?xml version="1.0"?><!DOCTYPE vm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
        <vm><name>&b;</name></vm>
        """
    private static let outside = """
        <!DOCTYPE vm [<!ENTITY secret SYSTEM "file:///etc/passwd">]><vm><name>&secret;</name></vm>
        """

    @Test(
        "what is no harmless document is refused with a sentence",
        arguments: [
            (bomb, "a document type is not allowed"),
            (outside, "a document type is not allowed"),
            ("<!doctype vm><vm/>", "a document type is not allowed"),
            ("<?xml version='1.0' encoding='UTF-16'?><vm/>", "it is not encoded as UTF-8"),
            ("<?xml version='1.0' encoding='UTF-7'?><vm/>", "it is not encoded as UTF-8"),
            (String(repeating: "<vm>", count: 40), "its elements are nested more than 32 deep"),
            (
                "<vm>" + String(repeating: "<a/>", count: 10_001) + "</vm>",
                "more than 10000 elements"
            ),
            ("<vm><name>x</vm>", "it is not well-formed XML, at line"),
            ("<vm>", "it is not well-formed XML"), ("vm", "it is not well-formed XML"),
            ("<vm>&nbsp;</vm>", "it is not well-formed XML"),
        ]
    )
    func hostile(text: String, reason: String) {
        #expect { try XMLReader.read(Data(text.utf8)) } throws: { error in
            let fault = error as? Fault
            return fault?.status == .badRequest && fault?.detail.contains(reason) == true
        }
    }

    @Test("a document type in another encoding is not seen, so the encoding is refused")
    func hidden() throws {
        let data = try #require(DocumentTests.bomb.data(using: .utf16))
        #expect(throws: Fault.badDocument("it is not UTF-8")) { try XMLReader.read(data) }
    }

    @Test("XML and JSON say the same")
    func same() throws {
        let xml = """
            <vm id="1"><name> a &amp; b </name><memory>5</memory><cluster><name>c</name></cluster>
            <snapshots><snapshot id="2"/><snapshot id="3"/></snapshots></vm>
            """
        let json = """
            {"id": "1", "name": "a & b", "memory": 5, "cluster": {"name": "c"},
            "snapshots": {"snapshot": [{"id": "2"}, {"id": "3"}]}}
            """
        for document in [
            try XMLReader.read(Data(xml.utf8)), try JSONReader.read(Data(json.utf8), as: "vm"),
        ] {
            #expect(document.name == "vm" && document.id == "1")
            #expect(document.text("name") == "a & b")
            #expect(try document.number("memory") == 5)
            #expect(document["cluster"]?.text("name") == "c")
            #expect(document.items("snapshots", "snapshot").map(\.id) == ["2", "3"])
        }
    }

    @Test(
        "JSON that is no document is refused",
        arguments: [
            "", "[]", "5", "{",
            String(repeating: "{\"a\":", count: 40) + "1"
                + String(repeating: "}", count: 40),
            String(repeating: "[", count: 100_000),
        ]
    )
    func hostileJSON(text: String) {
        #expect(throws: Fault.self) { try JSONReader.read(Data(text.utf8), as: "vm") }
    }

    @Test("what XML cannot say is replaced, and the rest is escaped")
    func escaping() throws {
        let element = Element("vm", href: "a\"b", [Element("name", "<&>\u{1}\u{fffe}ä😀")])
        let read = try XMLReader.read(element.xml)
        #expect(read.href == "a\"b")
        #expect(read.text("name") == "<&>\u{fffd}\u{fffd}ä😀")
    }

    @Test("JSON is written as oVirt writes it: strings, arrays in collections, links")
    func json() throws {
        let element = Element.list(
            "vms",
            of: "vm",
            [Element("vm", href: "/h", id: "1", [Element("memory", 5), .link("nics", "/h/nics")])]
        )
        let value = try JSONSerialization.jsonObject(with: element.json) as? NSDictionary
        let expected: NSDictionary = [
            "vm": [
                [
                    "href": "/h", "id": "1", "memory": "5",
                    "link": [["href": "/h/nics", "rel": "nics"]],
                ]
            ]
        ]
        #expect(value == expected)
    }
}
