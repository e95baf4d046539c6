// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Makes a chain of nearly empty layers in a moment, by copying one overlay under many names.
public enum LongChain {
    /// Makes a chain in a directory.
    ///
    /// - Returns: the path of the top layer.
    public static func make(of count: Int, in directory: TemporaryDirectory) throws -> String {
        let first = directory.path(name(0))
        try Command.runSuccessfully(
            "qemu-img",
            ["create", "-q", "-f", "qcow2", "-u", "-b", name(9999), "-F", "qcow2", first, "1M"]
        )
        let image = try Data(contentsOf: URL(fileURLWithPath: first))
        guard let place = image.range(of: Data(name(9999).utf8)) else {
            preconditionFailure("an overlay contains its backing file's name")
        }
        for number in 0..<(count - 1) {
            var copy = image
            copy.replaceSubrange(place, with: Data(name(number + 1).utf8))
            try copy.write(to: URL(fileURLWithPath: directory.path(name(number))))
        }
        try QemuImg.create(directory.path(name(count - 1)), size: 1 << 20)
        return first
    }

    private static func name(_ number: Int) -> String {
        let digits = String(number)
        return "layer-" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
