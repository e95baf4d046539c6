// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// The incompatible feature bits of a version 3 header, which a reader must know or refuse.
package struct IncompatibleFeatures: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Refcounts may be wrong: the image was not closed cleanly.
    ///
    /// Data is unharmed.
    package static let dirty = IncompatibleFeatures(rawValue: 1 << 0)
    /// A writer found damaged structures and stopped.
    package static let corrupt = IncompatibleFeatures(rawValue: 1 << 1)
    /// Guest data lies in another file.
    package static let externalDataFile = IncompatibleFeatures(rawValue: 1 << 2)
    /// The compression type is not zlib.
    package static let compressionType = IncompatibleFeatures(rawValue: 1 << 3)
    /// L2 entries are 128 bits wide and clusters have subclusters.
    package static let extendedL2 = IncompatibleFeatures(rawValue: 1 << 4)

    static let known: IncompatibleFeatures = [
        .dirty, .corrupt, .externalDataFile, .compressionType, .extendedL2,
    ]
}

/// The autoclear feature bits: a writer that does not know one clears it.
package struct AutoclearFeatures: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The bitmaps extension is consistent with the data.
    package static let bitmaps = AutoclearFeatures(rawValue: 1 << 0)
    /// The external data file is itself a valid raw image.
    package static let rawExternalData = AutoclearFeatures(rawValue: 1 << 1)
}

/// Names that an image gives to feature bits, for messages about those it asks for.
package struct FeatureName: Hashable, Sendable {
    /// Which group the bit belongs to: 0 incompatible, 1 compatible, 2 autoclear.
    package let group: UInt8
    package let bit: UInt8
    package let name: String

    /// The name without what could break a message's line or tell a terminal what to do.
    var printableName: String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }
            )
        )
    }
}

extension HeaderExtensions {
    /// Three groups of 64 feature bits: rows beyond have nothing to name.
    private static let maximumFeatureNames = 192

    /// The feature name table: type, bit and a name of 46 bytes in each row.
    package var featureNames: [FeatureName] {
        let table = featureNameTable
        let rows = stride(from: 0, to: table.count / 48 * 48, by: 48)
        return rows.prefix(HeaderExtensions.maximumFeatureNames).map { row in
            FeatureName(
                group: table[row],
                bit: table[row + 1],
                name: table.text((row + 2)..<(row + 48))
            )
        }
    }
}
