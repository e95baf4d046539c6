// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Who asks, and by what name the traces of it are found again.
package struct Session: Hashable, Sendable {
    /// Who may do everything, and who the command line acts as.
    package static let administrator = "admin@internal"

    package let userName: String
    /// Jobs and events that belong together carry the same one.
    package let correlationID: String
    /// Nothing is seen by a role that is for looking after all there is, and what is made becomes the
    /// user's own as if he had none.
    package let isFiltered: Bool

    package init(
        userName: String = administrator,
        correlationID: String? = nil,
        isFiltered: Bool = false
    ) {
        (self.userName, self.isFiltered) = (userName, isFiltered)
        self.correlationID = correlationID ?? String(UUID().uuidString.lowercased().prefix(8))
    }
}
