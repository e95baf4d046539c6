// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import ChainCollapse
internal import QCow2

/// A new image as the options of qemu-img's `-o` describe it.
struct QemuCreation {
    private enum Kind: String {
        case text = "str"
        case size = "size"
        case number = "num"
        case flag = "bool (on/off)"
    }

    private struct Option {
        let key: String
        let kind: Kind
        let help: String
        var unsaid: String?
    }

    /// What of the protocol level can be said: that nothing is wanted of it.
    private static let hints = [
        Option(key: "nocow", kind: .flag, help: "Only off: copy-on-write is left as it is"),
        Option(key: "extent_size_hint", kind: .size, help: "Only 0: the file system decides"),
    ]

    private static let size = Option(key: "size", kind: .size, help: "Size of the disk")

    /// In qemu-img's order.
    private static let options: [ImageFormat: [Option]] = [
        .raw: [
            size, hints[0],
            Option(key: "preallocation", kind: .text, help: "Space to take: off, falloc, full"),
            hints[1],
        ],
        .qcow2: [
            Option(key: "cluster_size", kind: .size, help: "Size of a cluster", unsaid: "65536"),
            Option(key: "extended_l2", kind: .flag, help: "Subclusters", unsaid: "off"),
            Option(
                key: "preallocation",
                kind: .text,
                help: "Space to take: off, metadata, falloc, full"
            ),
            Option(
                key: "compression_type",
                kind: .text,
                help: "zlib or zstd, for clusters that will be compressed",
                unsaid: "zlib"
            ),
            size,
            Option(key: "compat", kind: .text, help: "Version of the format: v2, v3 (0.10, 1.1)"),
            Option(key: "backing_file", kind: .text, help: "Name of the image below"),
            Option(key: "backing_fmt", kind: .text, help: "Format of the image below"),
            Option(key: "lazy_refcounts", kind: .flag, help: "Refcounts may lag", unsaid: "off"),
            Option(key: "refcount_bits", kind: .number, help: "Width of a refcount", unsaid: "16"),
        ] + hints,
    ]

    let format: ImageFormat
    private let list: QemuOptionList
    private var parser = CreationOptionParser()

    /// Takes the options of an image in a format.
    ///
    /// - Throws: `ValidationError` naming the option that is unknown, not supported or has no such
    ///   value.
    init(_ format: ImageFormat, _ list: QemuOptionList) throws {
        self.format = format
        self.list = list
        for (key, value) in list.options { try take(key, value) }
        if let name = backingName, !name.isEmpty {
            parser.creation.backing = CreationOptions.BackingName(
                name: name,
                format: backingFormat?.rawValue ?? ""
            )
        }
    }

    /// The size of the disk that an option gives.
    var diskBytes: UInt64? { list["size"].flatMap(ByteSize.init(argument:))?.bytes }
    var backingName: String? { list["backing_file"] }
    var backingFormat: ImageFormat? { list["backing_fmt"].flatMap(ImageFormat.init(rawValue:)) }

    /// What the library makes of it.
    var target: CollapseTarget.Format {
        switch format {
        case .raw: .raw(preallocation: parser.format.preallocation)
        case .qcow2: .qcow2(parser.creation, parser.format)
        }
    }

    private mutating func take(_ key: String, _ value: String) throws {
        guard let option = QemuCreation.options[format]?.first(where: { $0.key == key }) else {
            guard format == .raw || !(key.hasPrefix("encrypt") || key.hasPrefix("data_file")) else {
                throw ValidationError("\(key) is not supported")
            }
            throw ValidationError("Invalid parameter '\(key)'")
        }
        guard isValid(value, of: option) else {
            throw ValidationError("Parameter '\(key)' has no value '\(value)'")
        }
    }

    private mutating func isValid(_ value: String, of option: Option) -> Bool {
        switch option.key {
        case "size": (ByteSize(argument: value)?.bytes ?? .max) <= UInt64(Int64.max)
        case "backing_file": true
        case "backing_fmt": ImageFormat(rawValue: value) != nil
        case "nocow": ["off", "no", "false", "n"].contains(value)
        case "extent_size_hint": ByteSize(argument: value)?.bytes == 0
        default: parser.set(option.key, value)
        }
    }

    /// The line with which qemu-img tells what it is going to make.
    func announcement(of path: String) -> String {
        let words = (QemuCreation.options[format] ?? []).compactMap { option in
            (list[option.key] ?? option.unsaid).map { value in
                "\(option.key)=\(QemuCreation.text(value, option.kind))"
            }
        }
        return "Formatting '\(path)', fmt=\(format.rawValue) \(words.joined(separator: " "))"
    }

    private static func text(_ value: String, _ kind: Kind) -> String {
        let number =
            switch kind {
            case .size: ByteSize(argument: value)?.bytes
            case .number: CNumber.value(of: value)
            case .text, .flag: UInt64?.none
            }
        return number.map { "\($0)" } ?? (kind == .text ? escaped(value) : value)
    }

    private static func escaped(_ value: String) -> String {
        value.split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",,")
    }

    /// What `-o help` tells.
    static func help(for format: ImageFormat) -> String {
        let lines = (options[format] ?? []).sorted { $0.key < $1.key }.map { option in
            let words = "\(option.key)=<\(option.kind.rawValue)>"
            let spaces = String(repeating: " ", count: max(0, 22 - words.utf8.count))
            return "  \(words)\(spaces) - \(option.help)\n"
        }
        return "Supported \(format.rawValue) options:\n" + lines.joined()
    }
}
