// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import Foundation

/// The files that an inventory's disks lie in, each looked at once.
///
/// Nothing is locked, and no file but the images' own is opened: a VM may be writing to the top ones.
struct Survey {
    /// One image, as it says of itself.
    struct Layer: Hashable {
        let path: String
        let format: Volume.Format
        let capacityBytes: UInt64
    }

    /// What an image leads to.
    enum Chain: Hashable {
        /// The top first.
        case layers([Layer])
        case unreadable(String)

        var layers: [Layer] { if case .layers(let layers) = self { layers } else { [] } }
    }

    private var chains: [String: Chain] = [:]

    /// An inventory's files.
    init(of inventory: Inventory) {
        for machine in inventory.machines {
            for drive in machine.drives { look(at: drive.place) }
        }
    }

    /// The chain of an image that belongs to the inventory.
    func chain(_ place: Inventory.Place) -> Chain {
        switch place {
        case .file(let path, _), .device(let path, _):
            chains[path] ?? .unreadable("its file \(path) is missing")
        case .elsewhere(let text): .unreadable("it is a \(text), which cannot be read from here")
        }
    }

    private mutating func look(at place: Inventory.Place) {
        switch place {
        case .file(let path, let format), .device(let path, let format):
            guard chains[path] == nil, Directory.kind(of: path) != nil else { return }
            chains[path] = Survey.chain(path, format)
        case .elsewhere: break
        }
    }

    private static func chain(_ path: String, _ format: Volume.Format) -> Chain {
        do throws(CollapseError) {
            let images = try ImageInformation.chain(
                from: path,
                format: format.imageFormat,
                sharesWithWriters: true
            )
            return .layers(images.map(Layer.init))
        } catch { return .unreadable("its chain cannot be read: \(error.message)") }
    }
}

extension Survey.Layer {
    fileprivate init(_ image: ImageInformation) {
        path = Directory.resolved(image.path)
        format = image.format == .raw ? .raw : .cow
        capacityBytes = image.diskBytes
    }
}

extension Inventory.Machine {
    /// The disks of the VM, now and at all its snapshots.
    var drives: [Inventory.Drive] { hardware.drives + snapshots.flatMap(\.hardware.drives) }
}
