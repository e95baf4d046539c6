// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import CloneEngine
package import Hummingbird

/// oVirt's REST API, below `/ovirt-engine`, with what those ask who look after a server.
package struct APIRoutes: Sendable {
    private let engine: Engine
    private let authority: String?
    private let metrics: PrometheusMetrics
    private let patience: Duration

    /// Routes of an engine.
    ///
    /// - Parameters:
    ///   - engine: what answers.
    ///   - authority: the certificate of the authority that clients have to trust, as PEM.
    ///   - metrics: what has been counted and measured.
    ///   - patience: how long a client may take to send a document.
    package init(
        _ engine: Engine,
        authority: String? = nil,
        metrics: PrometheusMetrics = PrometheusMetrics(),
        patience: Duration = .seconds(60)
    ) {
        (self.engine, self.authority) = (engine, authority)
        (self.metrics, self.patience) = (metrics, patience)
    }

    /// Adds all routes.
    package func add(to router: Router<BasicRequestContext>) {
        ServiceRoutes(engine, authority: authority, metrics).add(to: router)
        SignOnRoutes(engine, patience).add(to: router)
        APIResponder(engine, patience).add(to: router)
    }
}
