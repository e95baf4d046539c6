// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension CollapseSource {
    /// A layer that is named as QEMU names files: `json:` and `file:` are understood.
    ///
    /// - Throws: `.unsupportedImage` when the name is not a local file's.
    public init(named name: String, format: ImageFormat? = nil) throws(CollapseError) {
        let reference = try BackingReference(ofTop: name, format)
        guard reference.rawOffset == 0, reference.rawBytes == nil else {
            throw CollapseError(.unsupportedImage, "\(name): a part of a file cannot be the top")
        }
        self.init(path: reference.path, format: reference.format)
    }
}
