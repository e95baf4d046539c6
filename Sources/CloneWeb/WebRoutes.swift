// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
package import Hummingbird

/// The pages for people, at `/` and `/ovirt-engine/webadmin`.
package struct WebRoutes: Sendable {
    /// What all pages lie below.
    static let root = "/ovirt-engine/webadmin"

    private let site: Site

    /// The pages of an engine.
    ///
    /// - Parameters:
    ///   - engine: the engine.
    ///   - isSecure: browsers reach the pages by TLS only; cookies are kept to it then.
    package init(_ engine: Engine, isSecure: Bool = true) {
        site = Site(engine: engine, isSecure: isSecure)
    }

    /// Adds all routes.
    package func add(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in Response.redirect(to: "\(WebRoutes.root)/vms") }
        let pages = router.group("ovirt-engine/webadmin", context: WebContext.self)
            .add(middleware: SecurityHeaders(isSecure: site.isSecure))
            .add(middleware: ErrorPages(site: site))
        pages.get { _, _ in Response.redirect(to: "\(WebRoutes.root)/vms") }
        AssetRoutes().add(to: pages)
        LoginRoutes(site: site).add(to: pages)
        let inside = pages.group()
            .add(middleware: SessionGate(site: site))
            .add(middleware: ErrorPages(site: site))
            .add(middleware: ForgeryGate())
        for add in WebRoutes.all { add(VisitRoutes(site: site, group: inside)) }
        inside.get("**") { _, _ -> Response in throw HTTPError(.notFound) }
    }

    private static let all: [@Sendable (VisitRoutes) -> Void] = [
        MachineRoutes.add, MachineActions.add, SnapshotRoutes.add, CloneRoutes.add, DiskRoutes.add,
        DomainRoutes.add, JobRoutes.add, UserRoutes.add,
    ]
}
