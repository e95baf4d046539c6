// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
package import Hummingbird

/// The pages for people, at `/` and `/ovirt-engine/webadmin`.
package struct WebRoutes: Sendable {
    private let engine: Engine

    package init(_ engine: Engine) { self.engine = engine }

    /// Adds all routes.
    package func add(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in Response.redirect(to: "/ovirt-engine/webadmin/") }
    }
}
