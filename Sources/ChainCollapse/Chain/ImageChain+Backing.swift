// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

extension ImageChain {
    /// The layer from which on down a target's backing file reads the same.
    ///
    /// That is the layer that the backing file is. A file that is none of the layers is taken for a copy
    /// of the source's backing file: whoever names it says so, and its size must be the same.
    ///
    /// - Returns: nil when the chain has no such layer, and the target must have all of the disk.
    func baseIndex(
        of backing: CreationOptions.BackingName,
        forTargetAt path: String
    ) throws(CollapseError) -> Int? {
        let reference: BackingReference
        do throws(BackingReference.Unusable) {
            reference = try BackingReference(
                name: backing.name,
                format: backing.format,
                overlayPath: path
            )
        } catch {
            throw CollapseError(
                .unusableTarget,
                "\(path): the backing file '\(backing.name)' cannot be used: \(error.reason)"
            )
        }
        let identity = try LayerOpener.file(reference.path).identity
        guard let index = layers.firstIndex(where: { $0.identities.first == identity }) else {
            return try baseIndex(ofCopy: reference)
        }
        guard layers[index].format.rawValue == backing.format else {
            throw CollapseError(
                .invalidOptions,
                "\(reference.path): the backing file is \(layers[index].format.rawValue), not "
                    + backing.format
            )
        }
        return index == 0 ? nil : index
    }

    private func baseIndex(ofCopy reference: BackingReference) throws(CollapseError) -> Int? {
        guard layers.count > 1 else { return nil }
        let copy = try ImageInformation(
            of: reference.path,
            format: reference.format,
            sharesWithWriters: true
        )
        guard copy.diskBytes & ~511 == layers[1].diskBytes else {
            throw CollapseError(
                .invalidOptions,
                "\(reference.path): a disk of \(copy.diskBytes) bytes cannot have the content of "
                    + "the source's backing file \(layers[1].path), which has "
                    + "\(layers[1].diskBytes)"
            )
        }
        return 1
    }
}
