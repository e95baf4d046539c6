// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import FoundationXML

/// A domain's definition, read.
struct DomainText {
    let root: XMLElement
    /// The file of a pool's volume.
    let volumePath: (_ pool: String, _ volume: String) -> String?

    var name: String? { root.first("name")?.text }
    var devices: [XMLElement] { root.first("devices")?.elements ?? [] }

    /// What the machine is made of, as the engine has it.
    var hardware: Inventory.Hardware {
        Inventory.Hardware(details: details, cards: cards, drives: drives)
    }

    private var details: VirtualMachine.Details {
        var details = VirtualMachine.Details()
        details.description = description
        details.memoryBytes = memoryBytes ?? details.memoryBytes
        details.processor = processor
        let loader = root.first("os", "loader")?.value("type")
        let isUEFI = root.first("os")?.value("firmware") == "efi" || loader == "pflash"
        details.firmware = isUEFI ? .uefi : .bios
        return details
    }

    /// One line, as the engine wants it.
    private var description: String {
        let words = (root.first("description")?.text ?? "").unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }
        return String(words.joined().prefix(DomainText.maximumDescription))
    }

    /// Nobody reads more of it in a list.
    private static let maximumDescription = 1000

    private var memoryBytes: UInt64? {
        guard let memory = root.first("memory"), let count = memory.text.flatMap({ UInt64($0) }),
            let unit = DomainText.units[memory.value("unit") ?? "KiB"]
        else { return nil }
        let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: unit)
        return isTooMuch || bytes > Int64.max ? nil : bytes
    }

    /// The units that libvirt knows.
    private static let units: [String: UInt64] = [
        "b": 1, "bytes": 1, "KB": 1000, "k": 1 << 10, "KiB": 1 << 10, "MB": 1_000_000,
        "M": 1 << 20, "MiB": 1 << 20, "GB": 1_000_000_000, "G": 1 << 30, "GiB": 1 << 30,
        "TB": 1_000_000_000_000, "T": 1 << 40, "TiB": 1 << 40,
    ]

    private var processor: VirtualMachine.Processor {
        var processor = VirtualMachine.Processor()
        func number(_ text: String?) -> Int? {
            text.flatMap { Int($0) }.map { min(max($0, 1), 65535) }
        }
        processor.sockets = number(root.first("vcpu")?.text) ?? 1
        guard let topology = root.first("cpu", "topology") else { return processor }
        processor.sockets = number(topology.value("sockets")) ?? 1
        let dies = number(topology.value("dies")) ?? 1
        processor.coresPerSocket = min((number(topology.value("cores")) ?? 1) * dies, 65535)
        processor.threadsPerCore = number(topology.value("threads")) ?? 1
        return processor
    }
}
