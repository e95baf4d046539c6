// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import ChainCollapse
internal import QCow2

extension ImageFormat: ExpressibleByArgument {
    /// The format that a file's extension promises; qcow2 when it promises nothing.
    init(extensionOf path: String) {
        let name = path.split(separator: "/").last ?? ""
        let isRaw = name.hasSuffix(".raw") || name.hasSuffix(".img")
        self = isRaw ? .raw : .qcow2
    }
}

extension Preallocation: ExpressibleByArgument {}
extension CollapseOptions.Durability: ExpressibleByArgument {}

/// How progress is shown.
enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    case auto, bar, json, none
}

/// A compression type on the command line.
enum CompressionChoice: String, ExpressibleByArgument, CaseIterable {
    case zlib, zstd

    var type: CompressionType { self == .zlib ? .zlib : .zstd }
}

/// A number of bytes with the suffixes that qemu-img knows: k, M, G, T by 1024.
struct ByteSize: ExpressibleByArgument {
    let bytes: UInt64

    init?(argument: String) {
        let suffixes: [Character: UInt64] = ["k": 10, "m": 20, "g": 30, "t": 40]
        let suffix = argument.last.flatMap { suffixes[Character($0.lowercased())] }
        let digits = suffix == nil ? argument[...] : argument.dropLast()
        guard let number = UInt64(digits) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << (suffix ?? 0))
        guard !overflow else { return nil }
        self.bytes = bytes
    }
}
