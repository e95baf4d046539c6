// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

/// The bytes of an image are wrong, or of a kind that is not read: what was found where, what was
/// expected, and what to do about it.
package struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Kind: Hashable, Sendable {
        /// The bytes contradict the format.
        case damaged
        /// The bytes are legal, or may be, but not read here.
        case unsupported
        /// The bytes ask for more than the limits of the format's implementations.
        case overLimit
    }

    package let kind: Kind
    /// The file's path, as it was given.
    package let path: String
    /// The offset in the file, in bytes, of the word that is wrong.
    package let offset: UInt64
    /// What was found and what was expected.
    package let finding: String
    /// What the reader of the message can do; nil where nothing is known to help.
    package let remedy: String?

    package init(
        _ kind: Kind,
        _ path: String,
        at offset: UInt64,
        _ finding: String,
        remedy: String? = nil
    ) {
        self.kind = kind
        self.path = path
        self.offset = offset
        self.finding = finding
        self.remedy = remedy ?? (kind == .damaged ? "image damaged? try: qemu-img check" : nil)
    }

    package var description: String {
        let advice = remedy.map { " (\($0))" } ?? ""
        return "\(path): at \(hex(offset)): \(finding)\(advice)"
    }
}

/// Why an image could not be opened or read.
package enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    case format(FormatError)
    case io(IOError)

    package var description: String {
        switch self {
        case .format(let error): error.description
        case .io(let error): error.description
        }
    }
}

/// Runs a call of the storage layer; its failure becomes an `ImageError`.
func reading<R>(_ call: () throws(IOError) -> R) throws(ImageError) -> R {
    do throws(IOError) { return try call() } catch { throw .io(error) }
}
