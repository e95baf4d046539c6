// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a backing file's name, as an image records it, leads to: resolved as QEMU resolves it.
///
/// - A name with a colon before its first slash begins with a protocol (`file:`, `json:`, `nbd:`);
///   it is never joined to a directory, so a relative path in it is relative to the working
///   directory.
/// - An absolute path is taken as it is.
/// - Any other path is relative to the directory part of the overlay's name as that was given;
///   symbolic links are not resolved first.
struct BackingReference: Hashable {
    /// Where the file is.
    var path: String
    /// The format that the reference itself names; nil when it leaves that to others.
    var format: ImageFormat?
    /// The part of a raw file that is the disk, in bytes.
    var rawOffset: UInt64 = 0
    var rawBytes: UInt64?
    /// True when the reference says that nothing lies below.
    var endsChain = false

    /// Why a name leads nowhere: a part of a sentence.
    struct Unusable: Error { let reason: String }

    init(path: String, format: ImageFormat? = nil) {
        self.path = path
        self.format = format
    }

    /// Resolves a name that the image at `overlayPath` records.
    init(name: String, overlayPath: String) throws(Unusable) {
        guard let prefix = BackingReference.protocolPrefix(of: name) else {
            self.init(path: BackingReference.join(name, toDirectoryOf: overlayPath))
            return
        }
        let rest = String(decoding: name.utf8.dropFirst(prefix.utf8.count + 1), as: UTF8.self)
        switch prefix {
        case "file", "host_device": self.init(path: rest)
        case "json": try self.init(json: rest[...])
        default:
            throw Unusable(
                reason: "the protocol '\(prefix)' is not supported, only local files are"
            )
        }
    }

    /// Resolves the name that a user gives a chain's top.
    init(ofTop name: String, _ format: ImageFormat?) throws(CollapseError) {
        do throws(Unusable) {
            try self.init(name: name, format: format?.rawValue, overlayPath: "")
        } catch { throw CollapseError(.unsupportedImage, "\(name): \(error.reason)") }
    }

    /// Resolves a name and the format that the image at `overlayPath` records.
    ///
    /// The format may name the protocol of a raw file instead.
    init(name: String, format recorded: String?, overlayPath: String) throws(Unusable) {
        try self.init(name: name, overlayPath: overlayPath)
        guard let recorded else { return }
        let named = ["file", "host_device"].contains(recorded) ? "raw" : recorded
        guard let format = ImageFormat(rawValue: named) else {
            throw Unusable(
                reason: "its recorded format is '\(recorded)', and raw and qcow2 are read"
            )
        }
        guard self.format == nil || self.format == format else {
            throw Unusable(
                reason: "its recorded format is '\(recorded)', but its json: name says otherwise"
            )
        }
        self.format = format
    }

    /// A name as it is outside of the overlay's directory; what has a protocol stays as it is.
    static func fullName(of name: String, overlayPath: String) -> String {
        protocolPrefix(of: name) == nil ? join(name, toDirectoryOf: overlayPath) : name
    }

    /// What stands before a colon that comes before any slash.
    private static func protocolPrefix(of name: String) -> String? {
        let head = name.utf8.prefix { $0 != UInt8(ascii: "/") }
        return head.firstIndex(of: UInt8(ascii: ":")).map {
            String(decoding: head[..<$0], as: UTF8.self)
        }
    }

    private static func join(_ name: String, toDirectoryOf overlayPath: String) -> String {
        let slash = UInt8(ascii: "/")
        guard name.utf8.first != slash, let last = overlayPath.utf8.lastIndex(of: slash) else {
            return name
        }
        return String(decoding: overlayPath.utf8[...last], as: UTF8.self) + name
    }
}
