// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Where a guest finds a device: on its PCI bus, or as a drive of a controller.
///
/// A device keeps its address for as long as it is attached, plugged or not, and in snapshots and
/// clones: a guest names its disks and cards by it.
package enum DeviceAddress: Hashable, Sendable {
    case pci(slot: Int)
    case drive(bus: Int, unit: Int)
    /// Another place that a hypervisor has given, in the same words.
    case other(String)

    /// The slots of the PCI bus that disks and cards get; those below belong to the machine itself.
    static let pciSlots = 3..<32
    /// The buses and units of one controller of drives.
    static let driveBuses = 0..<1
    static let driveUnits = 0..<6
}

extension DeviceAddress: RawRepresentable, Codable, DatabaseValueConvertible,
    CustomStringConvertible
{
    /// The address as oVirt writes it.
    package var rawValue: String {
        switch self {
        case .pci(let slot):
            let digits = String(slot, radix: 16)
            return "{type=pci, slot=0x\(slot < 16 ? "0" : "")\(digits), bus=0x00, domain=0x0000, "
                + "function=0x0}"
        case .drive(let bus, let unit):
            return "{type=drive, controller=0, bus=\(bus), target=0, unit=\(unit)}"
        case .other(let text): return text
        }
    }

    package init?(rawValue text: String) {
        let fields = DeviceAddress.fields(of: text)
        func number(_ name: String) -> Int? {
            fields[name].flatMap {
                $0.hasPrefix("0x") ? Int($0.dropFirst(2), radix: 16) : Int($0)
            }
        }
        let elsewhere = ["domain", "bus", "function", "controller", "target"]
            .filter { $0 != "bus" || fields["type"] == "pci" }
            .contains { number($0) ?? 0 != 0 }
        switch fields["type"] {
        case "pci" where !elsewhere:
            guard let slot = number("slot"), (0..<32).contains(slot) else { return nil }
            self = .pci(slot: slot)
        case "drive" where !elsewhere:
            guard let bus = number("bus"), let unit = number("unit"), bus >= 0, unit >= 0 else {
                return nil
            }
            self = .drive(bus: bus, unit: unit)
        case .some where DeviceAddress.isPlain(text): self = .other(text)
        default: return nil
        }
    }

    /// Longer than any address is.
    private static let maximumBytes = 256

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= maximumBytes
            && text.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7f }
    }

    private static func fields(of text: String) -> [String: String] {
        let pairs = text.split { "{}, ".contains($0) }.map { $0.split(separator: "=") }
        let known = pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }
        return Dictionary(known) { first, _ in first }
    }

    package var description: String { rawValue }
}

extension DeviceAddress {
    /// What differs between a VM's devices: `pci 0x06`, `pci 05:00.0`, `drive 0:1`.
    package var short: String {
        switch self {
        case .pci(let slot): return "pci 0x\(slot < 16 ? "0" : "")\(String(slot, radix: 16))"
        case .drive(let bus, let unit): return "drive \(bus):\(unit)"
        case .other(let text):
            let fields = DeviceAddress.fields(of: text)
            guard fields["type"] == "pci", let bus = fields["bus"], let slot = fields["slot"],
                let function = fields["function"]
            else { return text }
            return "pci \(bus):\(slot).\(function)".replacing("0x", with: "")
        }
    }
}
