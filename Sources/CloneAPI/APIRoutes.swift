// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
package import Hummingbird

/// oVirt's REST API, below `/ovirt-engine`.
package struct APIRoutes: Sendable {
    private let engine: Engine
    private let authority: String?

    /// Routes of an engine.
    ///
    /// - Parameters:
    ///   - engine: what answers.
    ///   - authority: the certificate of the authority that clients have to trust, as PEM.
    package init(_ engine: Engine, authority: String? = nil) {
        (self.engine, self.authority) = (engine, authority)
    }

    /// Adds all routes.
    package func add(to router: Router<BasicRequestContext>) {
        router.get("health") { _, _ in HTTPResponse.Status.ok }
        SignOnRoutes(engine).add(to: router)
    }
}
