// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

extension ImageFormat {
    /// The magic numbers of formats that must not pass for raw.
    private static let foreignMagics: [(name: String, bytes: [UInt8])] = [
        ("VMDK", Array("KDMV".utf8)), ("VMDK", Array("COWD".utf8)),
        ("VMDK", Array("# Disk DescriptorFile".utf8)), ("VHDX", Array("vhdxfile".utf8)),
        ("VHD", Array("conectix".utf8)), ("QED", Array("QED\0".utf8)),
        ("Parallels", Array("WithoutFreeSpace".utf8)), ("LUKS", Array("LUKS".utf8)),
    ]

    /// The format that a file's first bytes show, where nobody has said it.
    ///
    /// - Throws: `.unsupportedImage` when the bytes show another format, or the file's name promises
    ///   one that they do not show.
    init(guessedFrom file: File) throws(CollapseError) {
        let isImage = try usingDisk { () throws(IOError) in try Header.isPresent(in: file) }
        guard !isImage else {
            self = .qcow2
            return
        }
        guard !file.path.hasSuffix(".qcow2") else {
            throw CollapseError(
                .unsupportedImage,
                "\(file.path): at 0x0: this is not a qcow2 image, as its name says: the magic "
                    + "number 0x514649fb was expected (if it is raw, say so with its format)"
            )
        }
        let head = try usingDisk { () throws(IOError) in
            try file.bytes(at: 0, count: Int(min(file.byteCount, 64)))
        }
        if let foreign = ImageFormat.foreignMagics.first(where: { head.starts(with: $0.bytes) }) {
            throw CollapseError(
                .unsupportedImage,
                "\(file.path): at 0x0: this looks like a \(foreign.name) image: raw and qcow2 "
                    + "are read (if it is raw, say so with its format)"
            )
        }
        self = .raw
    }
}
