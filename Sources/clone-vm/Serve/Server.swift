// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneAPI
internal import CloneEngine
internal import CloneWeb
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Logging
internal import Metrics
internal import NIOCore
internal import NIOSSL
internal import ServiceLifecycle
internal import Terminal
internal import UnixSignals

/// The HTTP server with all routes.
struct Server {
    /// How connections are protected.
    enum Protection {
        case none
        /// A certificate that somebody else has made.
        case files(certificate: String, key: String)
        /// One of our own authority.
        case own(CertificateAuthority.ServerFiles)
    }

    private let client: Client
    private let protection: Protection
    private let options: ServeCommand
    private let logger: Logger
    private let metrics = PrometheusMetrics()

    /// More connections than these at a time wait for others to end.
    private static let maximumConnections = 1024
    /// How long requests may take to their end when the server is to end without its jobs.
    private static let patience = Duration.seconds(10)

    init(_ client: Client, protection: Protection, _ options: ServeCommand) {
        (self.client, self.protection, self.options) = (client, protection, options)
        logger = LineLog.logger("clone-vm", from: options.logLevel.level)
    }

    /// Answers requests until a signal ends it.
    func run() async throws {
        let application = Application(
            responder: PeerAddressResponder(try router().buildResponder()),
            server: try httpServer(),
            configuration: ApplicationConfiguration(
                address: .hostname(options.address, port: Int(options.port)),
                serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Server.maximumConnections,
                    logger: logger
                )
            ),
            onServerRunning: announce,
            logger: logger
        )
        MetricsSystem.bootstrap(metrics)
        try resumeJobs()
        do {
            try await serve(application)
        } catch let error as IOError {
            throw EngineError(cannotListen: options, error)
        } catch let error as NIOSSLError {
            // A key that is another certificate's is noticed only when both are used.
            let (certificate, key) = protection.files ?? ("", "")
            throw EngineError(unusableCertificate: certificate, key: key, error)
        }
    }

    /// Goes on with clones that an earlier server has left.
    private func resumeJobs() throws {
        for job in try client.engine.resumeJobs() {
            logger.info("going on", metadata: ["job": "\(job.job.description)"])
        }
    }

    /// Serves until a signal ends it; the jobs that are at work then end as they are meant to.
    private func serve(_ application: some Service) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [application],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        if options.atEnd != .wait {
            configuration.maximumGracefulShutdownDuration = Server.patience
        }
        try await ServiceGroup(configuration: configuration).run()
        // Whoever sends a second signal does not want to wait.
        for number in [SIGTERM, SIGINT] { _ = signal(number, SIG_DFL) }
        let count: Logger.MetadataValue = "\(client.engine.runningJobCount)"
        logger.info("ending", metadata: ["running_jobs": count])
        if options.atEnd == .wait { await client.engine.finishRunningJobs() }
    }

    private func router() throws -> Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: MetricsMiddleware())
        let patience = Duration.seconds(options.patience)
        APIRoutes(client.engine, authority: try authority(), metrics: metrics, patience: patience)
            .add(to: router)
        WebRoutes(client.engine, isSecure: !options.plainHTTP).add(to: router)
        return router
    }

    /// The certificate that clients have to trust, as PEM.
    private func authority() throws -> String? {
        guard case .own(let files) = protection else { return nil }
        return try String(contentsOfFile: files.authority, encoding: .utf8)
    }

    private func httpServer() throws -> HTTPServerBuilder {
        // A client that says nothing for so long has gone away, or wants to use up connections.
        let idleTime = TimeAmount.seconds(2 * Int64(options.patience))
        let plain = HTTPServerBuilder.http1(configuration: .init(idleTimeout: idleTime))
        guard let (certificate, key) = protection.files else { return plain }
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate)
                    .map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            )
            configuration.minimumTLSVersion = .tlsv12
            return try .tls(plain, tlsConfiguration: configuration)
        } catch {
            throw EngineError(unusableCertificate: certificate, key: key, error)
        }
    }

    @Sendable private func announce(_ channel: any Channel) async {
        let port = channel.localAddress?.port ?? Int(options.port)
        let host = options.address.contains(":") ? "[\(options.address)]" : options.address
        let address = "\(options.plainHTTP ? "http" : "https")://\(host):\(port)/"
        Output.print(
            options.common.json ? ServerDocument(address).text : "Listening on \(address)"
        )
    }
}

extension Server.Protection {
    fileprivate var files: (certificate: String, key: String)? {
        switch self {
        case .none: nil
        case .files(let certificate, let key): (certificate, key)
        case .own(let files): (files.certificate, files.key)
        }
    }
}

/// What programs are told about a server that has started.
private struct ServerDocument: Document {
    let url: String
    /// Whom to send a signal that it is to end.
    let processID: Int32

    init(_ url: String) {
        (self.url, processID) = (url, ProcessInfo.processInfo.processIdentifier)
    }
}

extension EngineError {
    fileprivate init(unusableCertificate certificate: String, key: String, _ error: any Error) {
        self.init(
            Refusal(
                "CERTIFICATE_UNUSABLE",
                .badRequest,
                "The certificate \(certificate) with the key \(key) cannot be used: \(error)."
            )
        )
    }

    fileprivate init(cannotListen options: ServeCommand, _ error: IOError) {
        self.init(
            Refusal(
                "CANNOT_LISTEN",
                .conflict,
                "Cannot listen on \(options.address), port \(options.port): \(error.description)."
            )
        )
    }
}
