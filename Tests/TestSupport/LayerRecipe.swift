// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How one layer of a chain is made.
public struct LayerRecipe: Sendable, CustomStringConvertible {
    /// Where the layer comes from.
    public enum Origin: Sendable, Equatable {
        /// A raw file.
        case raw
        /// A new image, written to by guests.
        case created
        /// The compressed copy of a raw file.
        case compressedCopy
    }

    /// The layer's place in the chain: 0 is the base.
    public let index: Int

    /// The file's path inside the chain's directory.
    public let path: String

    /// Where the layer comes from.
    public let origin: Origin

    /// The creation options of a qcow2 image.
    public let options: ImageOptions

    /// The virtual size when the layer is made.
    public let initialSize: Int

    /// The virtual size at the end.
    public let size: Int

    /// How the layer names the one below.
    public let backing: BackingReference?

    /// What is done to it first; with a compressed copy, to the raw file.
    public let operations: [LayerOperation]

    /// The internal snapshot taken then.
    public let snapshot: String?

    /// What is done to it at the end.
    public let lateOperations: [LayerOperation]

    /// The format as qemu calls it.
    public var format: String { origin == .raw ? "raw" : "qcow2" }

    /// The directory of the file inside the chain's directory, empty or ending with a slash.
    var folder: String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The layer's options and commands, one per line.
    public var description: String {
        let options = origin == .raw ? "" : " [\(self.options.list(dataFile: path + ".data"))]"
        let reference = backing.map { " on \($0)" } ?? ""
        let head = "  \(index) \(path): \(origin) \(initialSize)\(options)\(reference)"
        let early = operations.map { "    \($0.command(layer: index))" }
        let middle = snapshot.map { ["    snapshot -c \($0)"] } ?? []
        let late = lateOperations.map { "    late: \($0.command(layer: index))" }
        return ([head] + early + middle + late).joined(separator: "\n")
    }
}
