// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationXML

extension CloneText {
    /// Changes a device that is neither disk nor network card, where two VMs cannot have the same.
    func change(_ device: XMLElement) {
        switch device.name {
        case "hostdev":
            leaveOut(device, "it lacks the source's device of the host (\(kind(device)))")
        case "lease": leaveOut(device, "it lacks the source's lease")
        case "tpm": changeTPM(device)
        case "channel", "serial", "console", "parallel": changePort(device)
        case "graphics": changeGraphics(device)
        case "vsock": changeSocketAddress(device)
        case "filesystem": changeFileSystem(device)
        case "memory": changeMemory(device)
        case "input" where device.first("source") != nil:
            leaveOut(device, "it lacks the source's input device of the host")
        case "smartcard", "redirdev", "rng", "shmem": changeConnected(device)
        default: break
        }
    }

    private func kind(_ device: XMLElement) -> String { device.value("type") ?? "unknown" }

    private func changeTPM(_ device: XMLElement) {
        let backend = device.first("backend")?.value("type") ?? ""
        guard backend == "emulator" else {
            return leaveOut(device, "it lacks the source's TPM, which is one of the host's")
        }
        remark("its TPM is empty, since snapshots do not keep what is in it")
    }

    /// Ports for characters: libvirt makes those whose place it chooses anew.
    private func changePort(_ device: XMLElement) {
        device.set("tty", nil)
        let source = device.first("source")
        if let log = device.first("log")?.value("file") {
            device.remove("log")
            remark("what goes through its port is not written to \(log)", unlessTwin: device)
        }
        switch device.value("type") {
        case "pty": device.remove("source")
        case "unix" where device.name == "channel":
            if let path = source?.value("path"), !path.contains("/libvirt/qemu/channel/") {
                remark("its channel \(channelName(device)) has a socket that libvirt chooses")
            }
            device.remove("source")
        case "file", "unix", "tcp", "udp", "pipe", "dev", "nmdm":
            disconnect(device)
        default: break
        }
    }

    private func channelName(_ device: XMLElement) -> String {
        device.first("target")?.value("name") ?? "for the host"
    }

    /// A port that led to something only one VM can have becomes a terminal.
    private func disconnect(_ device: XMLElement) {
        let type = kind(device)
        device.set("type", "pty")
        device.remove("source", "protocol")
        remark(
            "its \(device.name ?? "") port is a terminal (pty), and not the source's \(type)",
            unlessTwin: device
        )
    }

    /// A console that is a serial port stands in the definition twice.
    private func remark(_ text: String, unlessTwin port: XMLElement) {
        let isTwin = port.name == "console" && port.first("target")?.value("type") == "serial"
        if !isTwin { remark(text) }
    }

    private func changeGraphics(_ device: XMLElement) {
        let hadPort = device.value("autoport") == "no"
        for attribute in ["port", "tlsPort", "websocket", "socket"] { device.set(attribute, nil) }
        for listen in device.elements(forName: "listen") { listen.set("socket", nil) }
        guard ["vnc", "spice", "rdp"].contains(kind(device)) else { return }
        let listens = device.elements(forName: "listen").map { $0.value("type") }
        guard !listens.contains("socket"), !listens.contains("none") else { return }
        device.set("autoport", "yes")
        if hadPort { remark("the port of its screen (\(kind(device))) is chosen by libvirt") }
    }

    private func changeSocketAddress(_ device: XMLElement) {
        let cid = device.made("cid")
        cid.set("auto", "yes")
        cid.set("address", nil)
    }

    /// A directory of the host's can be in two VMs; the socket of somebody's server cannot.
    private func changeFileSystem(_ device: XMLElement) {
        if device.first("source")?.value("socket") != nil {
            leaveOut(device, "it lacks the source's file system behind a socket")
        } else if let directory = device.first("source")?.value("dir") {
            remark("it has the host's directory \(directory) together with its source")
        }
    }

    private func changeMemory(_ device: XMLElement) {
        guard ["nvdimm", "virtio-pmem"].contains(device.value("model") ?? "") else { return }
        leaveOut(
            device,
            "it lacks the source's \(device.value("model") ?? "") memory, a file of its own"
        )
    }

    private func changeConnected(_ device: XMLElement) {
        let name = device.name ?? "device"
        let backend = device.first("backend")
        let type = device.value("type") ?? backend?.value("type")
        let isServer = device.first("server")?.value("path") != nil
        guard isServer || ["tcp", "unix", "udp", "file", "dev"].contains(type ?? "") else { return }
        leaveOut(device, "it lacks the source's \(name), which is connected to the host")
    }
}
