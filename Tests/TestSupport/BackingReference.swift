// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// How an overlay names the layer below.
public struct BackingReference: Sendable, CustomStringConvertible {
    /// The ways to write the name.
    public enum Style: String, Sendable, CaseIterable {
        /// Relative to the overlay's directory.
        case relative
        /// The same, beginning with `./`.
        case dotted
        /// From the root directory.
        case absolute
        /// The absolute path after `file:`.
        case file
        /// A `json:` object of a format driver over a file driver.
        case json
        /// The same with dotted keys instead of a nested object.
        case flatJSON
    }

    /// The way the name is written.
    public let style: Style

    /// Whether the format is recorded beside the name.
    public let recordsFormat: Bool

    /// The style, and whether the format is missing.
    public var description: String {
        recordsFormat ? style.rawValue : "\(style.rawValue) without format"
    }

    /// The name of a layer, written into an overlay in `folder`, both somewhere under `root`.
    func name(of layer: LayerRecipe, from folder: String, root: String) -> String {
        let path = "\(root)/\(layer.path)"
        let driver = #""driver":"\#(layer.format)""#
        return switch style {
        case .relative: Self.relativePath(of: layer, from: folder)
        case .dotted: "./" + Self.relativePath(of: layer, from: folder)
        case .absolute: path
        case .file: "file:" + path
        case .json: #"json:{\#(driver),"file":{"driver":"file","filename":"\#(path)"}}"#
        case .flatJSON: #"json:{\#(driver),"file.driver":"file","file.filename":"\#(path)"}"#
        }
    }

    /// The path of a layer as seen from a folder; a colon in its first part would be a protocol's.
    private static func relativePath(of layer: LayerRecipe, from folder: String) -> String {
        guard layer.folder != folder else {
            let name = String(layer.path.dropFirst(folder.count))
            return name.contains(":") ? "./" + name : name
        }
        let depth = folder.filter { $0 == "/" }.count
        return String(repeating: "../", count: depth) + layer.path
    }
}
