// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What all pages have in common.
struct Site: Sendable {
    let engine: Engine
    /// Browsers reach the pages by TLS only.
    let isSecure: Bool
    let templates = Templates.embedded

    /// The name of the cookie that has the token; one with the prefix is kept by browsers to this host
    /// and to TLS.
    var cookieName: String { isSecure ? "__Host-clone-vm" : "clone-vm" }
}
