// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CloneEngine

@Suite("A configuration as OVF")
struct OVFTests {
    @Test("everything comes back as it was", arguments: [0, 1, 4, 30])
    func roundTrip(disks: Int) throws {
        let configuration = sampleConfiguration(disks: disks)
        #expect(try VMConfiguration(ovf: configuration.ovf()) == configuration)
    }

    @Test("names of any characters come back as they were", arguments: trickyTexts)
    func characters(text: String) throws {
        let configuration = sampleConfiguration(text: text)
        let read = try VMConfiguration(ovf: configuration.ovf())
        #expect(read == configuration)
        // Equal strings may differ in their scalars.
        #expect(Array(read.name.unicodeScalars) == Array(text.unicodeScalars))
        let alias = try #require(read.disks.first).disk.alias
        #expect(Array(alias.unicodeScalars) == Array("\(text)_Disk0".unicodeScalars))
    }

    @Test("the smallest VM comes back as it was, and is not running")
    func smallest() throws {
        let vm = VirtualMachine(name: "a", createdAt: Date(timeIntervalSince1970: 0))
        let configuration = VMConfiguration(
            of: vm,
            networkInterfaces: [],
            disks: [],
            createdAt: vm.createdAt
        )
        let read = try VMConfiguration(ovf: configuration.ovf())
        #expect(read == configuration)
        #expect(!read.wasRunning)
    }

    @Test("a name with a control character is refused", arguments: ["\u{1}", "\u{0}", "\u{ffff}"])
    func control(text: String) throws {
        let configuration = sampleConfiguration(text: text)
        let error = try #require(throws: EngineError.self) { _ = try configuration.ovf() }
        #expect(error.refusals.map(\.key) == ["VM_SNAPSHOT_HAS_NO_CONFIGURATION"])
    }

    @Test("another program reads what oVirt would read")
    func python() throws {
        let text = "<&>\"' \t\r\n世界"
        let configuration = sampleConfiguration(text: text)
        let directory = try TemporaryDirectory()
        let path = directory.path("vm.ovf")
        try Data(configuration.ovf().utf8).write(to: URL(filePath: path))
        let output = try Command.runSuccessfully("python3", ["-c", script, path]).standardOutput
        let found = try JSONDecoder().decode([String: [String]].self, from: output)
        let images = configuration.disks.filter { $0.disk.kind == .image }
        let references = configuration.disks.map { disk in
            disk.disk.activeVolumeID.map { "\(disk.disk.id)/\($0)" } ?? disk.disk.id.rawValue
        }
        #expect(found["name"] == [text, text, "2013/05/27 14:44:12"])
        #expect(found["vm"] == [configuration.vmID.rawValue])
        #expect(found["files"] == references)
        #expect(found["formats"] == images.map { $0.volume?.format == .raw ? "RAW" : "COW" })
        #expect(
            found["sizes"]
                == configuration.disks.map { $0.disk.capacityBytes == 5 << 30 ? "5" : "6" }
        )
        #expect(found["interfaces"] == ["VirtIO", "VirtIO_SCSI", "SATA", "IDE"])
        #expect(found["resources"] == ["3", "4", "17", "17", "17", "17", "10", "10"])
        #expect(
            found["addresses"] == configuration.disks.map(\.attachment.address.rawValue)
                + configuration.networkInterfaces.map(\.address.rawValue)
        )
        #expect(found["boot"] == ["1", "0", "3", "0"])
        #expect(found["mac"] == configuration.networkInterfaces.map(\.macAddress.description))
        #expect(found["memory"] == ["3073"])
    }

    @Test("what oVirt writes besides is passed over")
    func extras() throws {
        let configuration = sampleConfiguration()
        let text = try configuration.ovf()
            .replacing("<Name>", with: "<Generation>7</Generation><Comment/><Name>")
            .replacing(
                "<References>",
                with: "<NetworkSection><Info>a</Info></NetworkSection><References>"
            )
            .replacing("<References>", with: "<References><Nic ovf:id=\"a\"/>")
            .replacing("ovf:shareable", with: "ovf:pass-discard=\"false\" ovf:shareable")
            .replacing("<Item>", with: "\(foreignItems)<Item>\n<SpecParams><a>b</a></SpecParams>")
            .replacing("</Content>", with: "\(snapshots)</Content>")
        #expect(text.contains("Nic") && text.contains("pass-discard") && text.contains("monitor"))
        #expect(try VMConfiguration(ovf: text) == configuration)
    }

    private let foreignItems = """
        <Item><rasd:Caption>Graphical Controller</rasd:Caption>
        <rasd:ResourceType>20</rasd:ResourceType><rasd:VirtualQuantity>1</rasd:VirtualQuantity>
        <Type>monitor</Type></Item><Item><rasd:ResourceType/></Item><Item/>
        """
    private let snapshots = """
        <Section xsi:type="ovf:SnapshotsSection_Type"><Snapshot ovf:id="a"><Type>ACTIVE</Type>
        <Description>Active VM</Description></Snapshot></Section>
        """

    private let script = """
        import json, sys, xml.etree.ElementTree as tree
        uri = tree.parse(sys.argv[1]).getroot().tag[1:].split('}')[0]
        ovf, xsi = '{%s}' % uri, '{http://www.w3.org/2001/XMLSchema-instance}'
        rasd = ('{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/'
                'CIM_ResourceAllocationSettingData}')
        root = tree.parse(sys.argv[1]).getroot()
        assert uri == 'http://schemas.dmtf.org/ovf/envelope/1/' and root.tag == ovf + 'Envelope'
        disks = [s for s in root.findall('Section')
                 if s.get(xsi + 'type') == 'ovf:DiskSection_Type'][0].findall('Disk')
        content = root.find('Content')
        sections = {s.get(xsi + 'type'): s for s in content.findall('Section')}
        items = sections['ovf:VirtualHardwareSection_Type'].findall('Item')
        texts = lambda name: [i.find(name).text for i in items if i.find(name) is not None]
        print(json.dumps({
            'name': [content.find(n).text for n in ('Name', 'Description', 'CreationDate')],
            'vm': [sections['ovf:OperatingSystemSection_Type'].get(ovf + 'id')],
            'files': [f.get(ovf + 'href') for f in root.find('References').findall('File')],
            'formats': [d.get(ovf + 'volume-format') for d in disks if d.get(ovf + 'volume-format')],
            'sizes': [d.get(ovf + 'size') for d in disks],
            'interfaces': [d.get(ovf + 'disk-interface') for d in disks],
            'resources': texts(rasd + 'ResourceType'),
            'addresses': texts(rasd + 'Address'),
            'boot': texts('BootOrder'),
            'mac': texts(rasd + 'MACAddress'),
            'memory': texts(rasd + 'VirtualQuantity'),
        }))
        """
}
