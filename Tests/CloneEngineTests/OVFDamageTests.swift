// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

@Suite("A damaged configuration")
struct OVFDamageTests {
    private static let configuration = sampleConfiguration()

    private func refusal(of text: String) throws -> Refusal {
        let error = try #require(throws: EngineError.self) { _ = try VMConfiguration(ovf: text) }
        #expect(error.refusals.count == 1)
        let refusal = try #require(error.refusals.first)
        #expect(refusal.key == "VM_SNAPSHOT_HAS_NO_CONFIGURATION")
        #expect(refusal.kind == .badRequest)
        #expect(refusal.text.hasSuffix("."))
        return refusal
    }

    @Test(
        "what is no OVF is refused",
        arguments: [
            "", " ", "\u{0}", "no XML", "<", "<a/>", "<a></a>", "<a><b></a>", "{}", "<a>&b;</a>",
            "<?xml version=\"1.0\"?>", "<ovf:Envelope><Content/></ovf:Envelope>", "\u{feff}<a/>",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "<a/><a/>", "<![CDATA[a]]>",
        ]
    )
    func nonsense(text: String) throws { _ = try refusal(of: text) }

    @Test(
        "one wrong value is refused, and named",
        arguments: [
            ("clone:capacityBytes=\"5", "clone:capacityBytes=\"-5", "capacityBytes"),
            (
                "clone:capacityBytes=\"5", "clone:capacityBytes=\"99999999999999999999",
                "capacityBytes"
            ),
            (
                "clone:capacityBytes=\"5", "clone:capacityBytes=\"1844674407370955161",
                "capacityBytes"
            ),
            ("clone:capacityBytes", "clone:b", "clone:capacityBytes"),
            ("clone:bytes=\"3221225473\"", "clone:bytes=\"9223372036854775808\"", "a size"),
            ("clone:bytes=\"", "clone:bytes=\"x", "clone:bytes"),
            ("clone:wasRunning=\"true\"", "clone:wasRunning=\"maybe\"", "wasRunning"),
            (
                "clone:createdAtMilliseconds=\"1369665852123", "clone:createdAtMilliseconds=\"9e9",
                "created"
            ),
            (
                "clone:createdAtMilliseconds=\"1369", "clone:createdAtMilliseconds=\"99991369",
                "date"
            ),
            ("<rasd:num_of_sockets>2<", "<rasd:num_of_sockets>0<", "processor"),
            ("<rasd:num_of_sockets>2<", "<rasd:num_of_sockets>-2<", "num_of_sockets"),
            ("<rasd:num_of_sockets>2<", "<rasd:num_of_sockets>70000<", "num_of_sockets"),
            ("<BiosType>3<", "<BiosType>9<", "firmware"),
            ("<rasd:MACAddress>56:", "<rasd:MACAddress>57:", "MAC"),
            ("ResourceSubType>3<", "ResourceSubType>4<", "model"),
            ("slot=0x03", "slot=0x20", "address"),
            ("unit=1}", "unit=-1}", "address"),
            ("BootOrder>1<", "BootOrder>-1<", "boot"),
            ("\"VirtIO\"", "\"SD\"", "interface"),
            ("volume-format=\"COW\"", "volume-format=\"VMDK\"", "format"),
            ("volume-type=\"Sparse\"", "volume-type=\"Thick\"", "type"),
            ("clone:kind=\"lun\"", "clone:kind=\"tape\"", "kind"),
            ("ResourceType>3<", "ResourceType>20<", "the processor"),
            ("ResourceType>4<", "ResourceType>20<", "the memory"),
            ("HostResource>", "HostResource>x", "disk of a drive"),
            ("ResourceType>17<", "ResourceType>20<", "drive of a disk"),
            ("<Disk ", "<Disk /><Disk ", "ovf:fileRef"), ("ovf:fileRef", "ovf:file", "ovf:fileRef"),
            ("OperatingSystemSection", "OtherSection", "VM's id"),
            ("IsPlugged>true", "IsPlugged>perhaps", "IsPlugged"),
            ("<Name>sample</Name>", "<Title>sample</Title>", "Name"),
        ]
    )
    func wrong(part: String, by replacement: String, named: String) throws {
        let text = try Self.configuration.ovf()
        #expect(text.contains(part))
        let reason = try refusal(of: text.replacing(part, with: replacement)).text
        #expect(reason.contains(named))
    }

    @Test("a disk that stands in it twice is refused")
    func twice() throws {
        let text = try Self.configuration.ovf()
        let disk = try #require(text.firstMatch(of: /<Disk .*/)).output
        #expect(try refusal(of: text.replacing(disk, with: disk + disk)).text.contains("twice"))
    }

    @Test("a text that ends too early is refused, wherever it ends")
    func truncated() throws {
        let text = try Self.configuration.ovf()
        let last = try #require(text.range(of: ">", options: .backwards))
        for count in stride(
            from: 0,
            to: text.distance(from: text.startIndex, to: last.lowerBound),
            by: 97
        ) {
            _ = try refusal(of: String(text.prefix(count)))
        }
    }

    @Test("a changed byte is read or refused, and never traps")
    func changed() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("OVFDamageTests: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let bytes = Array(try Self.configuration.ovf().utf8)
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<changed.count, using: &random)
                changed[place] = UInt8.random(in: 0...127, using: &random)
            }
            _ = try? VMConfiguration(ovf: String(decoding: changed, as: UTF8.self))
        }
    }

    @Test(
        "declarations, instructions, comments and other encodings are refused",
        arguments: [
            "<!DOCTYPE a>", "<!-- a -->", "<?a b?>", "<?xml version=\"1.0\" encoding=\"UTF-7\"?>",
        ]
    )
    func declarations(text: String) throws {
        let document = try Self.configuration.ovf()
        let root = try #require(document.range(of: "<ovf:Envelope"))
        let body = document[root.lowerBound...]
        #expect(try VMConfiguration(ovf: String(body)) == Self.configuration)
        #expect(try refusal(of: text + body).text.contains("more in it"))
    }

    @Test("entities that grow without bounds are refused at once")
    func entities() throws {
        let levels = (1...12).map { level in
            "<!ENTITY a\(level) \"\(String(repeating: "&a\(level - 1);", count: 10))\">"
        }
        let text = "<!DOCTYPE a [<!ENTITY a0 \"laugh\">\(levels.joined())]><a>&a12;</a>"
        try expectFast { _ = try refusal(of: text) }
    }

    @Test("elements in elements without end are refused at once, ended or not")
    func deep() throws {
        let begin = String(repeating: "<a>", count: 60_000)
        let end = String(repeating: "</a>", count: 60_000)
        try expectFast {
            for text in [
                begin, begin + end, "<b>" + String(repeating: "a/>", count: 9) + begin + end,
            ] {
                let reason = try refusal(of: text).text
                #expect(reason.contains("in one another"))
            }
        }
        // What is allowed does not exhaust the stack.
        _ = try refusal(
            of: String(repeating: "<a>", count: 1000) + String(repeating: "</a>", count: 1000)
        )
    }

    @Test("a long text is refused, and neither read nor written")
    func long() throws {
        let long = "<a>" + String(repeating: "&amp;", count: 100_000) + "</a>"
        try expectFast { _ = try refusal(of: long) }
        #expect(try refusal(of: long + long).text.contains("too long"))
        let configuration = sampleConfiguration(text: String(repeating: "a", count: 1 << 16))
        let error = try #require(throws: EngineError.self) { _ = try configuration.ovf() }
        #expect(error.description.contains("too long"))
    }

    private func expectFast(_ body: () throws -> Void) rethrows {
        let duration = try ContinuousClock().measure(body)
        #expect(duration < .seconds(10))
    }
}
