// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What a name of a VM or another thing must be like.
enum NameRules {
    private static let maximumCharacters = 64

    /// What speaks against a name: oVirt's rules for VMs.
    static func refusals(_ name: String, for action: String) -> [Refusal] {
        guard !name.isEmpty else {
            // Of all that it refuses, oVirt writes only this with a space.
            let text = "Can not \(action). The given name is empty."
            return [Refusal("NAME_MAY_NOT_BE_EMPTY", .badRequest, text)]
        }
        guard name.count <= maximumCharacters else {
            return [
                .cannot(
                    action,
                    "NAME_LENGTH_IS_TOO_LONG",
                    .badRequest,
                    "The given name is too long."
                )
            ]
        }
        let isAllowed = { (character: Character) in
            character.isLetter || "0123456789._-+".contains(character)
        }
        guard name.allSatisfy(isAllowed) else {
            return [
                .cannot(
                    action,
                    "INVALID_NAME",
                    .badRequest,
                    "The given name contains characters other than letters, digits and . _ - +."
                )
            ]
        }
        return []
    }

    /// A description is longer than anybody reads from here on.
    private static let maximumDescriptionBytes = 4096

    /// What speaks against a description: what a line of text has not.
    static func refusals(description: String, for action: String) -> [Refusal] {
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.properties.generalCategory == .control || scalar.value & 0xfffe == 0xfffe
        }
        guard
            description.utf8.count > maximumDescriptionBytes
                || description.unicodeScalars.contains(where: isControl)
        else { return [] }
        let reason =
            "A description is one line of at most \(maximumDescriptionBytes) bytes, without control "
            + "characters."
        return [.cannot(action, "INVALID_DESCRIPTION", .badRequest, reason)]
    }
}
