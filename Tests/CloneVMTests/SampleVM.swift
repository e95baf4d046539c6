// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A VM `web` with a snapshot `s`: a chain of three images, a raw disk, and a disk deleted since.
struct SampleVM {
    let host: Host
    /// What the disks read as at the snapshot.
    let root: String
    let data: String

    init() throws {
        host = try Host()
        (root, data) = (host.directory.path("root.raw"), host.directory.path("data.raw"))
        try host.succeed("vm add web --memory 2G --nic nic1")
        let top = try SampleVM.makeChain(in: host.directory)
        try host.succeed("disk adopt web \(top) --alias root --boot-order 1")
        let place = "--domain second --size 8M"
        try host.succeed("disk add web data --format raw \(place)")
        try host.succeed("disk add web gone \(place)")
        try QemuImg.io(host.active("data"), ["write -P 9 1M 2M"], format: "raw")
        try QemuImg.convert(top, to: root)
        try QemuImg.convert(host.active("data"), from: "raw", to: data)
        try host.succeed("snapshot create web s --domain first")
        try host.succeed("disk remove gone")
        // What is written now is no part of the snapshot.
        for alias in ["root", "data"] {
            try QemuImg.io(host.active(alias), ["write -P 77 0 4M"])
        }
    }

    private static func makeChain(in directory: TemporaryDirectory) throws -> String {
        let paths = (0..<3).map { directory.path("layer\($0).qcow2") }
        try QemuImg.create(paths[0], size: 8 * Host.mebibyte)
        for (lower, upper) in zip(paths, paths.dropFirst()) {
            try QemuImg.create(upper, size: 8 * Host.mebibyte, backing: lower)
        }
        for (index, path) in paths.enumerated() {
            try QemuImg.io(path, ["write -P \(index + 1) \(index * 512)k 2M"])
        }
        return paths[2]
    }
}

extension Host {
    /// The file that a VM writes to of the one disk with an alias.
    func active(_ alias: String) throws -> String {
        let disk = try ask([Told.Disk].self, "disk list").first { $0.alias == alias }
        guard let path = disk?.volumes.last?.path else { throw CommandError.notFound(alias) }
        return path
    }
}
