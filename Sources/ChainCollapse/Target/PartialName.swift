// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// The name of a target that is not complete, `.NAME.RANDOM.clone-image-partial`, or of the journal
/// that tells how far it is, `.NAME.RANDOM.clone-image-journal`, where NAME is the target's.
struct PartialName: Hashable {
    enum Kind: String, CaseIterable {
        case target = ".clone-image-partial"
        case journal = ".clone-image-journal"
    }

    private static let randomCount = 13
    /// The file systems' limit for a name.
    private static let maximumNameBytes = 255

    /// `.NAME`, cut where the whole would be too long.
    private let prefix: String
    private let random: String

    let kind: Kind

    /// A name that nothing has, for what is to become a target.
    init(for target: String) {
        kind = .target
        prefix = PartialName.prefix(of: target)
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        random = String(repeating: "0", count: PartialName.randomCount - digits.count) + digits
    }

    /// Recognises the last part of a path.
    init?(_ name: String) {
        guard let kind = Kind.allCases.first(where: { name.hasSuffix($0.rawValue) }) else {
            return nil
        }
        self.kind = kind
        let parts = name.dropLast(kind.rawValue.count)
        random = String(parts.suffix(PartialName.randomCount))
        let front = parts.dropLast(PartialName.randomCount)
        guard random.count == PartialName.randomCount,
            random.utf8.allSatisfy(PartialName.isDigit),
            front.hasPrefix("."), front.hasSuffix("."), front.count > 2
        else { return nil }
        prefix = String(front.dropLast())
    }

    private init(_ other: PartialName, _ kind: Kind) {
        (prefix, random, self.kind) = (other.prefix, other.random, kind)
    }

    /// The last part of the path.
    var text: String { "\(prefix).\(random)\(kind.rawValue)" }
    /// The journal of the same target.
    var journal: PartialName { PartialName(self, .journal) }

    /// True when the name is one for this target.
    func belongs(to target: String) -> Bool { prefix == PartialName.prefix(of: target) }

    private static func prefix(of target: String) -> String {
        var room = maximumNameBytes - Kind.target.rawValue.utf8.count - randomCount - 2
        let name = Directory.name(of: target).unicodeScalars.prefix { scalar in
            room -= String(scalar).utf8.count
            return room >= 0
        }
        return "." + String(name)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
