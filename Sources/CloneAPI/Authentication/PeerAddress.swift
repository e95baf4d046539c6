// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

extension HTTPField.Name {
    /// The address of the machine at the other end of the connection; the server sets it, and takes
    /// away what a client has set.
    static let peerAddress: Self = {
        guard let name = HTTPField.Name("X-Peer-Address") else {
            preconditionFailure("it has only letters and dashes")
        }
        return name
    }()
}
