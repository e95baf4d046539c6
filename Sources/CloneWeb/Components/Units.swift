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
    let isWhole = value == value.rounded() || value >= 100
    let digits = isWhole ? "\(Int(value.rounded()))" : String(format: "%.1f", value)
    return "\(digits) \(units[units.startIndex])"
}

/// A time as people read it: `0.3 s`, `1:05`, `2:00:00`.
func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    guard whole >= 60 else {
        return seconds < 10 ? String(format: "%.1f s", max(seconds, 0)) : "\(whole) s"
    }
    let hours = whole >= 3600 ? "\(whole / 3600):" : ""
    return hours
        + String(format: hours.isEmpty ? "%d:%02d" : "%02d:%02d", whole / 60 % 60, whole % 60)
}

/// A moment, in the server's zone: `2026-01-31 17:05:00`.
func moment(_ time: Date) -> String {
    time.formatted(
        Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
            .year().month().day().time(includingFractionalSeconds: false)
    )
}

extension Volume.Format {
    /// As oVirt's pages say it.
    var label: String { self == .raw ? "Raw" : "QCOW2" }
}

extension Volume.Allocation {
    /// As oVirt's pages say it.
    var label: String { self == .sparse ? "Thin Provision" : "Preallocated" }
}

extension DiskAttachment.Interface {
    /// As oVirt's pages say it.
    var label: String {
        switch self {
        case .virtio: "VirtIO"
        case .virtioSCSI: "VirtIO-SCSI"
        case .sata: "SATA"
        case .ide: "IDE"
        }
    }
}

extension VirtualMachine.Processor {
    /// `4 (2:2:1)`: all, and how they are arranged.
    var label: String { "\(count) (\(sockets):\(coresPerSocket):\(threadsPerCore))" }
}
