// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension HTTPField.Name {
    /// What a client of server-sent events has seen last.
    static let lastEventID = HTTPField.Name(known: "Last-Event-ID")
    /// What older clients send instead of `all_content`.
    static let allContent = HTTPField.Name(known: "All-Content")
    /// Whether a client wants to see only what its user has a role on.
    static let filter = HTTPField.Name(known: "Filter")
    /// The name by which a client finds again what has come of its request.
    static let correlationID = HTTPField.Name(known: "Correlation-Id")
    /// The address of the machine at the other end of the connection; the server sets it, and takes
    /// away what a client has set.
    static let peerAddress = HTTPField.Name(known: "X-Peer-Address")

    private init(known text: String) {
        guard let name = HTTPField.Name(text) else {
            preconditionFailure("the names above have only letters and dashes")
        }
        self = name
    }
}
