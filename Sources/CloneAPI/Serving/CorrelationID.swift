// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Hummingbird

/// The name by which a client finds again what has come of its request.
struct CorrelationID {
    private static let maximumCharacters = 50

    let text: String

    /// The one that the client has chosen, else a new one.
    ///
    /// - Throws: `Fault`, when it cannot be one.
    init(of request: Request) throws(Fault) {
        let query = FormFields(request.uri.query ?? "").fields["correlation_id"]
        let chosen = query ?? request.headers[.correlationID] ?? ""
        guard chosen.count <= CorrelationID.maximumCharacters,
            chosen.unicodeScalars.allSatisfy({ $0.isASCII && $0.value >= 0x20 && $0.value < 0x7f })
        else {
            throw .badValue(
                "correlation_id",
                chosen,
                "at most \(CorrelationID.maximumCharacters) characters of ASCII"
            )
        }
        text = chosen.isEmpty ? String(UUID().uuidString.lowercased().prefix(8)) : chosen
    }
}
