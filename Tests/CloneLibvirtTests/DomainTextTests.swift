// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import Testing

@testable import CloneEngine
@testable import CloneLibvirt

@Suite("Definitions of libvirt's")
struct DomainTextTests {
    private func hardware(_ text: String) throws -> Inventory.Hardware {
        let root = try XMLElement.root("domain", of: text)
        return DomainText(root: root) { pool, volume in
            pool == "fast" ? "/pools/fast/\(volume)" : nil
        }.hardware
    }

    @Test("disks are told as what they are")
    func places() throws {
        let drives = try hardware(
            """
            <domain><devices>
            <disk type='file'><driver type='qcow2'/><source file='/a'/><target dev='vda' bus='virtio'/>
            <boot order='2'/><address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
            </disk>
            <disk type='file' device='disk'><source file='/b'/><target dev='sda' bus='scsi'/><readonly/>
            <address type='drive' controller='0' bus='0' target='0' unit='3'/></disk>
            <disk type='block' device='lun'><driver type='raw'/><source dev='/dev/c'/>
            <target dev='sdb' bus='scsi'/><shareable/></disk>
            <disk type='network' device='disk'><driver type='raw'/>
            <source protocol='rbd' name='pool/d'/><target dev='vdb' bus='virtio'/></disk>
            <disk type='volume' device='disk'><driver type='qcow2'/><source pool='fast' volume='e'/>
            <target dev='vdc' bus='virtio'/></disk>
            <disk type='volume' device='disk'><source pool='gone' volume='f'/><target dev='vdd'/></disk>
            <disk type='file' device='disk'><driver type='vmdk'/><source file='/g'/><target dev='hda'/></disk>
            <disk type='file' device='cdrom'><source file='/h'/><target dev='hdb'/></disk>
            <disk type='file' device='disk'><source file='/i'><encryption format='luks'/></source>
            <target dev='hdc'/></disk>
            </devices></domain>
            """
        ).drives
        #expect(
            drives.map(\.place) == [
                .file("/a", .cow), .file("/b", .raw), .device("/dev/c", .raw),
                .elsewhere("network disk rbd:pool/d"), .file("/pools/fast/e", .cow),
                .elsewhere("volume f of pool gone"), .elsewhere("vmdk image"),
                .elsewhere("disk that libvirt encrypts"),
            ]
        )
        #expect(drives[0].bootOrder == 2 && drives[1].isReadOnly && drives[2].isShareable)
        #expect(
            drives[0].address
                == .other("{type=pci, slot=0x00, bus=0x02, domain=0x0000, function=0x0}")
        )
        #expect(drives[1].address == .drive(bus: 0, unit: 3))
        #expect(drives.prefix(3).map(\.interface) == [.virtio, .virtioSCSI, .virtioSCSI])
    }

    @Test(
        "memory is read in every unit, and nonsense is not believed",
        arguments: [
            ("<memory>1024</memory>", 1 << 20), ("<memory unit='GiB'>2</memory>", 2 << 30),
            ("<memory unit='MB'>3</memory>", 3_000_000),
            ("<memory unit='TiB'>99999999999</memory>", 1 << 30), ("<memory>x</memory>", 1 << 30),
            ("", 1 << 30),
        ] as [(String, UInt64)]
    )
    func memory(text: String, bytes: UInt64) throws {
        #expect(try hardware("<domain>\(text)</domain>").details.memoryBytes == bytes)
    }

    @Test("the content of a snapshot's disk is what its domain says, not its list of new files")
    func trap() throws {
        let text = """
            <domainsnapshot><name>s1</name><state>disk-snapshot</state>
            <creationTime>1700000000</creationTime><disks>
            <disk name='vda' snapshot='external'><source file='/new'/></disk>
            <disk name='vdb' snapshot='no'/></disks>
            <domain><devices><disk type='file'><driver type='qcow2'/><source file='/old'/>
            <target dev='vda'/></disk></devices></domain></domainsnapshot>
            """
        let snapshot = try #require(try SnapshotText(text) { _, _ in nil })
        let state = try #require(snapshot.state)
        #expect(state.hardware.drives.map(\.place) == [.file("/old", .cow)])
        #expect(state.overlays == ["vda": "/new"])
        #expect(state.wasRunning && state.name == "s1")
    }
}
