// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// Understands qcow2 creation options written as qemu-img's.
struct CreationOptionParser {
    private static let keys = [
        "compat", "cluster_size", "refcount_bits", "lazy_refcounts", "extended_l2",
        "compression_type", "compression_window", "preallocation",
    ]

    var creation = CreationOptions()
    var format = QCow2Format()

    /// Takes one option, or several separated by commas.
    mutating func parse(_ text: String) throws {
        for option in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ValidationError("--option '\(option)': expected is key=value")
            }
            guard CreationOptionParser.keys.contains(parts[0]) else {
                let keys = CreationOptionParser.keys.joined(separator: ", ")
                throw ValidationError("--option \(option): the keys are \(keys)")
            }
            guard set(parts[0], parts[1]) else {
                throw ValidationError("--option \(option): \(parts[0]) has no such value")
            }
        }
    }

    /// Sets one option; false when the value means nothing.
    mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "compat":
            assign(["0.10": 2, "v2": 2, "1.1": 3, "v3": 3][value], to: \.creation.version)
        case "cluster_size":
            assign(ByteSize(argument: value)?.bytes, to: \.creation.clusterBytes)
        case "refcount_bits":
            assign(
                CNumber.value(of: value).flatMap(Int.init(exactly:)),
                to: \.creation.refcountBits
            )
        case "lazy_refcounts": assign(isOn(value), to: \.creation.hasLazyRefcounts)
        case "extended_l2": assign(isOn(value), to: \.creation.hasExtendedL2)
        case "compression_type":
            assign(CompressionChoice(argument: value)?.type, to: \.creation.compressionType)
        case "compression_window":
            assign(CompressionWindow(rawValue: value), to: \.creation.compressionWindow)
        case "preallocation":
            assign(Preallocation(rawValue: value), to: \.format.preallocation)
        default: false
        }
    }

    private mutating func assign<V>(
        _ value: V?,
        to path: WritableKeyPath<CreationOptionParser, V>
    ) -> Bool {
        guard let value else { return false }
        self[keyPath: path] = value
        return true
    }

    private func isOn(_ value: String) -> Bool? {
        if ["on", "yes", "true", "y"].contains(value) { return true }
        return ["off", "no", "false", "n"].contains(value) ? false : nil
    }
}
