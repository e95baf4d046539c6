// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
public import QCow2

/// A check whether an image's tables agree with each other, which can repair leaks.
///
/// Only the image's own file is opened; neither a backing file nor a data file is. No other program
/// may write to it meanwhile.
public struct ImageCheck: Sendable {
    /// The image's format; only qcow2 has tables.
    public let format: ImageFormat
    private let file: File
    private let target: TargetFile?

    /// Opens and locks an image.
    ///
    /// - Parameters:
    ///   - path: the image, named as QEMU names files: `json:` and `file:` are understood.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - sharesWithWriters: check the image while another program writes to it.
    ///   - repairs: open it for writing, so that `run` may repair it.
    /// - Throws: `CollapseError`.
    public init(
        of path: String,
        format: ImageFormat? = nil,
        sharesWithWriters: Bool = false,
        repairs: Bool = false
    ) throws(CollapseError) {
        let reference = try BackingReference(ofTop: path, format)
        file = try LayerOpener.file(reference.path)
        self.format =
            if let format = reference.format { format } else {
                try ImageFormat(guessedFrom: file)
            }
        target = repairs ? try ImageCheck.target(reference.path) : nil
        guard !repairs, !sharesWithWriters else { return }
        let (file, path) = (file, reference.path)
        guard try usingDisk({ () throws(IOError) in try file.lock(for: .read) }) else {
            throw ImageCheck.inUse(path)
        }
    }

    /// The image file, open for writing and locked.
    static func target(_ path: String) throws(CollapseError) -> TargetFile {
        let target = try usingDisk { () throws(IOError) in try TargetFile(opening: path) }
        guard try usingDisk({ () throws(IOError) in try target.lock() }) else { throw inUse(path) }
        return target
    }

    private static func inUse(_ path: String) -> CollapseError {
        CollapseError(.inUse, "\(path): a running VM or another program uses it")
    }

    /// Checks the image, and repairs leaks when it was opened for that and nothing else is wrong.
    ///
    /// - Parameter tell: is told of each finding, in QEMU's words.
    /// - Returns: what was found.
    /// - Throws: `CollapseError` when the check could not be completed.
    public func run(tell: @escaping (String) -> Void) throws(CollapseError) -> CheckReport {
        try check(repairing: target, tell: tell)
    }

    /// Checks the image without changing it, whatever it was opened for.
    ///
    /// - Parameter tell: is told of each finding, in QEMU's words.
    /// - Returns: what was found.
    /// - Throws: `CollapseError` when the check could not be completed.
    public func runReading(
        tell: @escaping (String) -> Void
    ) throws(CollapseError) -> CheckReport {
        try check(repairing: nil, tell: tell)
    }

    private func check(
        repairing target: TargetFile?,
        tell: @escaping (String) -> Void
    ) throws(CollapseError) -> CheckReport {
        try readingImage { () throws(ImageError) in
            let header = try Header(reading: file, acceptsEncryption: true)
            let image = QCow2Image(header: header, metadata: file, clusters: file)
            var check = try RefcountCheck(of: image, repairing: target, tell: tell)
            return try check.run()
        }
    }
}
