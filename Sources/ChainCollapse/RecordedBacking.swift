// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
public import QCow2

/// What a qcow2 image says of the file below it, open to be changed.
///
/// Only the image's own file is opened, and only its header is written to: whoever names another file
/// below says that it has the same content, as far as the image does not have its own.
public struct RecordedBacking: Sendable {
    private let image: QCow2Image
    private let target: TargetFile

    /// Opens and locks an image.
    ///
    /// - Parameters:
    ///   - path: the image, named as QEMU names files: `json:` and `file:` are understood.
    ///   - format: its format; guessed from its first bytes when nil.
    /// - Throws: `CollapseError`; `.inUse` when anybody else has it open.
    public init(of path: String, format: ImageFormat? = nil) throws(CollapseError) {
        let reference = try BackingReference(ofTop: path, format)
        let file = try LayerOpener.file(reference.path)
        let format =
            if let format = reference.format { format } else {
                try ImageFormat(guessedFrom: file)
            }
        guard format == .qcow2 else {
            throw CollapseError(
                .invalidOptions,
                "\(reference.path): a raw image has no header to name a backing file in"
            )
        }
        target = try ImageCheck.target(reference.path)
        image = try readingImage { () throws(ImageError) in
            let header = try Header(reading: file, acceptsEncryption: true)
            return QCow2Image(header: header, metadata: file, clusters: file)
        }
    }

    /// Makes the image name another file, or none, below it.
    ///
    /// It names the old one or the new one whenever that stops.
    ///
    /// - Parameter backing: the file, as the image is to record it; it need not be there.
    /// - Throws: `CollapseError` when the image cannot have it.
    public func replace(by backing: CreationOptions.BackingName?) throws(CollapseError) {
        let header = image.header
        guard !header.incompatibleFeatures.contains(.corrupt) else {
            throw CollapseError(.unsupportedImage, "\(image.path): the image is marked corrupt")
        }
        guard backing == nil || !header.autoclearFeatures.contains(.rawExternalData) else {
            throw CollapseError(
                .invalidOptions,
                "\(image.path): its data file alone has the whole disk, and nothing can be below it"
            )
        }
        guard backing?.name.utf8.count ?? 0 <= Header.maximumBackingNameBytes else {
            throw CollapseError(
                .invalidOptions,
                "a backing file's name has at most \(Header.maximumBackingNameBytes) bytes"
            )
        }
        try readingImage { () throws(ImageError) in
            try BackingReplacement(of: image, by: backing).write(to: target)
        }
    }
}
