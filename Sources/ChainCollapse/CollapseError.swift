// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import QCow2
internal import DiskIO

/// Why a collapse, or a look at a chain, did not succeed: a code for programs and one sentence for
/// people.
public struct CollapseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong, as far as a caller can act on it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A call of the system failed on a source or the target.
        case inputOutput = "input-output"
        /// An image contradicts its format.
        case damagedImage = "damaged-image"
        /// An image is of a kind, or has a feature, that is not read.
        case unsupportedImage = "unsupported-image"
        /// Another program writes to a layer, or uses the target.
        case inUse = "in-use"
        /// The layers do not form a chain: a file is missing, there is a cycle, or too many layers.
        case brokenChain = "broken-chain"
        /// An image leads to a file that the caller does not allow.
        case notAllowed = "not-allowed"
        /// The source, or the snapshot or layer that is named, does not exist.
        case notFound = "not-found"
        /// Something has the target's name, and replacing it was not asked for.
        case targetExists = "target-exists"
        /// The target cannot be written as asked.
        case unusableTarget = "unusable-target"
        /// What was read back from the target is not what the source reads as.
        case verificationFailed = "verification-failed"
        /// The options contradict each other.
        case invalidOptions = "invalid-options"
        /// The caller asked to stop.
        case cancelled
    }

    /// What a cancellation says of itself.
    package static let cancellation = "the collapse was cancelled"

    /// What went wrong, for programs.
    public let code: Code
    /// One sentence: where, what was found, what was expected, what to do.
    public let message: String

    /// An error with its sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        // Names inside an image may hold anything; a message is one line.
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control
        }
        self.message = String(
            String.UnicodeScalarView(message.unicodeScalars.map { isControl($0) ? "\u{fffd}" : $0 })
        )
    }

    init(_ error: ImageError) {
        switch error {
        case .io(let error): self.init(.inputOutput, error.description)
        case .format(let error):
            self.init(
                error.kind == .damaged ? .damagedImage : .unsupportedImage,
                error.description
            )
        }
    }

    public var description: String { message }
}

/// Runs a call of the image layer; its failure becomes a `CollapseError`.
func readingImage<R>(_ call: () throws(ImageError) -> R) throws(CollapseError) -> R {
    do throws(ImageError) { return try call() } catch { throw CollapseError(error) }
}

/// Runs a call of the storage layer; its failure becomes a `CollapseError`.
func usingDisk<R>(_ call: () throws(IOError) -> R) throws(CollapseError) -> R {
    do throws(IOError) { return try call() } catch { throw CollapseError(.io(error)) }
}
