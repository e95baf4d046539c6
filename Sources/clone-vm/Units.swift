// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// A number of bytes as people read it: `10 GiB`, `1.5 MiB`.
func size(_ bytes: UInt64) -> String {
    var (value, units) = (Double(bytes), ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][...])
    while value >= 1000, units.count > 1 {
        (value, units) = (value / 1024, units.dropFirst())
    }
    let digits = String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    return
        "\(Double(digits) == value.rounded() ? "\(Int(value.rounded()))" : digits) \(units[units.startIndex])"
}

/// A time as people read it: `0.3 s`, `1:05`, `2:00:00`.
func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    guard whole >= 60 else {
        return String(format: seconds < 1 ? "%.2f s" : seconds < 10 ? "%.1f s" : "%.0f s", seconds)
    }
    let hours = whole >= 3600 ? "\(whole / 3600):" : ""
    return hours
        + String(format: hours.isEmpty ? "%d:%02d" : "%02d:%02d", whole / 60 % 60, whole % 60)
}

/// A time that is left, rounded up: `7 s`, `1:05`.
func waitingTime(_ seconds: Double) -> String {
    seconds > 59 ? duration(seconds) : "\(Int(seconds.rounded(.up))) s"
}

/// A time in the zone of whoever reads it: `2026-01-31 17:05:00`.
func local(_ time: Date) -> String {
    time.formatted(
        Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
            .year().month().day().time(includingFractionalSeconds: false)
    )
}

extension Identifier {
    /// As much of an id as people need.
    var short: String { String(rawValue.prefix(8)) }
}

extension DeviceAddress {
    /// What differs between a VM's devices: `pci 0x06`, `drive 0:1`.
    var short: String {
        switch self {
        case .pci(let slot): String(format: "pci 0x%02x", slot)
        case .drive(let bus, let unit): "drive \(bus):\(unit)"
        case .other(let text): text
        }
    }
}
