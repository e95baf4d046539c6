// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import TestSupport
import Testing

@testable import CloneEngine
@testable import CloneLibvirt

@Suite("A clone's definition")
struct CloneTextTests {
    private let id = VirtualMachine.ID(rawValue: "11111111-2222-4333-8444-555555555555")

    private func rewritten(
        _ devices: String,
        around: String = "",
        disks: [String: CloneDraft.Disk] = [:]
    ) throws -> CloneText {
        let source = """
            <domain type='kvm' id='7'><name>web</name>
            <uuid>99999999-2222-4333-8444-555555555555</uuid>
            <genid>99999999-aaaa-4333-8444-555555555555</genid>\(around)
            <devices>\(devices)</devices></domain>
            """
        let mac = try #require(MACAddress("52:54:00:00:00:01"))
        let new = try #require(MACAddress("56:6f:1a:1a:00:09"))
        let text = try CloneText(
            source,
            CloneDraft.Wish(
                sourceID: VirtualMachine.ID(),
                snapshot: "s1",
                vmID: id,
                name: "copy",
                details: .init(),
                macAddresses: [mac: new],
                disks: disks
            )
        )
        text.rewrite()
        return text
    }

    @Test("name, ids and addresses are new, and what nobody knows is kept")
    func identity() throws {
        let text = try rewritten(
            """
            <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/>
            <target dev='vnet3'/><model type='virtio'/><alias name='net0'/>
            <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></interface>
            """,
            around: """
                <metadata><x:y xmlns:x='urn:x'>1</x:y></metadata><sysinfo type='smbios'><system>
                <entry name='uuid'>99999999-2222-4333-8444-555555555555</entry></system></sysinfo>
                <seclabel type='dynamic' model='apparmor' relabel='yes'><label>l</label></seclabel>
                """
        )
        let xml = text.root.xmlString
        #expect(!xml.contains("99999999") && !xml.contains("id=\"7\"") && !xml.contains("vnet3"))
        #expect(!xml.contains("52:54:00") && xml.contains("56:6f:1a:1a:00:09"))
        #expect(!xml.contains("net0") && !xml.contains("seclabel"))
        #expect(xml.contains("urn:x") && xml.contains("bus=\"0x01\""))
        #expect(xml.components(separatedBy: id.rawValue).count == 3, "in uuid and sysinfo")
        #expect(text.remarks == [])
    }

    @Test("a disk becomes its copy, with nothing of the old chain")
    func disk() throws {
        let image = CloneDraft.Image(
            path: "/new/copy-vda.raw",
            format: .raw,
            target: "vda",
            interface: .virtio,
            bootOrder: 1
        )
        let text = try rewritten(
            """
            <disk type='block' device='disk' snapshot='external'>
            <driver name='qemu' type='qcow2' cache='none'/><source dev='/old/top' index='3'/>
            <backingStore type='file' index='1'><format type='raw'/><source file='/old/base'/>
            <backingStore/></backingStore><target dev='vda' bus='virtio'/><serial>S1</serial>
            <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/></disk>
            <disk type='file' device='disk'><source file='/old/b'/><target dev='vdb'/></disk>
            <disk type='file' device='floppy'><source file='/old/f'/><target dev='fda'/></disk>
            <disk type='file' device='cdrom'><source file='/nowhere.iso'/><target dev='sda'/></disk>
            """,
            disks: ["vda": .image(image)]
        )
        let xml = text.root.xmlString
        #expect(!xml.contains("/old/") && !xml.contains("backingStore") && !xml.contains("vdb"))
        #expect(xml.contains("file=\"/new/copy-vda.raw\"") && xml.contains("cache=\"none\""))
        #expect(xml.contains("slot=\"0x04\"") && xml.contains("S1") && xml.contains("order=\"1\""))
        #expect(text.remarks.count == 2 && xml.contains("fda") && !xml.contains("nowhere"))
    }

    @Test(
        "what two VMs cannot have at the same time is changed or left out, and told",
        arguments: [
            ("<hostdev mode='subsystem' type='pci'/>", "hostdev", "device of the host"),
            ("<tpm model='tpm-crb'><backend type='passthrough'/></tpm>", "tpm", "TPM"),
            ("<tpm model='tpm-crb'><backend type='emulator'/></tpm>", "", "TPM is empty"),
            ("<serial type='file'><source path='/var/log/x'/></serial>", "/var/log/x", "file"),
            (
                "<serial type='pty'><log file='/var/log/y' append='on'/></serial>", "/var/log/y",
                "not written to /var/log/y"
            ),
            ("<serial type='tcp'><source host='::' service='7654'/></serial>", "7654", "tcp"),
            ("<console type='unix'><source path='/run/c'/></console>", "/run/c", "unix"),
            ("<graphics type='vnc' port='5999' autoport='no'/>", "5999", "port of its screen"),
            ("<lease><lockspace>a</lockspace></lease>", "lockspace", "lease"),
            (
                "<interface type='hostdev'><mac address='52:54:00:00:00:02'/></interface>",
                "hostdev", "card"
            ),
            ("<interface type='vhostuser'><source path='/run/v'/></interface>", "/run/v", "socket"),
            ("<input type='evdev'><source dev='/dev/input/e'/></input>", "evdev", "input device"),
            ("<filesystem><source socket='/run/fs'/></filesystem>", "/run/fs", "socket"),
            ("<filesystem><source dir='/srv'/></filesystem>", "", "/srv together"),
            (
                "<memory model='nvdimm'><source><path>/n</path></source></memory>", "nvdimm",
                "memory"
            ),
            ("<shmem name='s'><server path='/run/s'/></shmem>", "/run/s", "shmem"),
            ("<smartcard mode='passthrough' type='tcp'/>", "smartcard", "smartcard"),
            (
                "<channel type='unix'><source path='/my/socket'/><target name='a'/></channel>",
                "/my/socket", "channel a"
            ),
        ]
    )
    func devices(device: String, gone: String, remark: String) throws {
        let text = try rewritten(device)
        #expect(gone.isEmpty || !text.root.xmlString.contains(gone))
        #expect(text.remarks.count == 1)
        #expect(text.remarks.first?.contains(remark) == true)
    }

    @Test(
        "what libvirt chooses anew by itself is not told",
        arguments: [
            ("<serial type='pty' tty='/dev/pts/9'><source path='/dev/pts/9'/></serial>", "pts"),
            ("<graphics type='vnc' port='5901' autoport='yes'/>", "5901"),
            ("<vsock><cid auto='no' address='3'/></vsock>", "'3'"),
            (
                "<channel type='unix'><source path='/var/lib/libvirt/qemu/channel/target/1/a'/></channel>",
                "target/1"
            ),
            ("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>", "pts"),
        ]
    )
    func silent(device: String, gone: String) throws {
        let text = try rewritten(device)
        #expect(!text.root.xmlString.contains(gone))
        #expect(text.remarks == [])
    }

    @Test("a static label and arguments for QEMU are told")
    func labels() throws {
        let around = """
            <seclabel type='static' model='selinux'><label>l</label></seclabel>
            <q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>
            <q:arg value='-s'/></q:commandline>
            """
        let text = try rewritten("", around: around)
        #expect(text.remarks.count == 2 && !text.root.xmlString.contains("seclabel"))
    }

    @Test(
        "a text that is no definition is refused, and nothing outside it is read",
        arguments: ["", "<other/>", "no XML", "<?xml version='1.0'?>"]
    )
    func damaged(text: String) {
        #expect(throws: MachineTextError.self) { try XMLElement.root("domain", of: text) }
    }
}
