// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
package import Hummingbird

/// oVirt's REST API, below `/ovirt-engine`.
package struct APIRoutes: Sendable {
    private let engine: Engine

    package init(_ engine: Engine) { self.engine = engine }

    /// Adds all routes.
    package func add(to router: Router<BasicRequestContext>) {
        router.get("health") { _, _ in HTTPResponse.Status.ok }
    }
}
