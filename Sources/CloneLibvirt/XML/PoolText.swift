// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import FoundationXML

/// A storage pool's definition.
enum PoolText {
    /// The pool as the engine has it; nil for one that is no directory.
    static func pool(_ text: String) -> Inventory.Pool? {
        guard let root = try? XMLElement.root("pool", of: text),
            ["dir", "fs", "netfs"].contains(root.value("type") ?? ""),
            let name = root.first("name")?.text, let uuid = root.first("uuid")?.text,
            let path = root.first("target", "path")?.text
        else { return nil }
        return Inventory.Pool(id: StorageDomain.ID(rawValue: uuid), name: name, path: path)
    }
}
