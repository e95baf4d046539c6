// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension QCow2Image {
    /// The LUKS header; nil when the image is not encrypted with LUKS.
    ///
    /// - Throws: `ImageError` when there should be one and is none.
    package func luksHeader() throws(ImageError) -> LUKSHeader? {
        guard header.encryption == .luks else { return nil }
        guard let offset = header.extensions.luksHeaderOffset else {
            throw damaged(
                32,
                "the image is encrypted with LUKS, but does not say where its header is"
            )
        }
        let end = metadata.byteCount
        guard offset <= end, UInt64(LUKSHeader.byteCount) <= end - offset else {
            throw damaged(offset, "the LUKS header passes the end of the file at \(hex(end))")
        }
        let bytes = try reading { () throws(IOError) in
            try metadata.bytes(at: offset, count: LUKSHeader.byteCount)
        }
        guard let header = LUKSHeader(bytes) else {
            throw damaged(offset, "this is no LUKS header of version 1")
        }
        return header
    }
}
