// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes
internal import Hummingbird

/// What those ask who look after the server, and clients that do not trust it yet.
struct ServiceRoutes: Sendable {
    private let engine: Engine
    private let authority: String?
    private let metrics: PrometheusMetrics

    init(_ engine: Engine, authority: String?, _ metrics: PrometheusMetrics) {
        (self.engine, self.authority, self.metrics) = (engine, authority, metrics)
    }

    func add(to router: Router<BasicRequestContext>) {
        router.get("health") { _, _ in await health() }
        router.get("ovirt-engine/services/health") { _, _ in await health() }
        router.get("ovirt-engine/services/pki-resource") { request, _ in certificate(request) }
        router.get("metrics") { request, _ in await scrape(request) }
    }

    /// Well is who can read the store.
    private func health() async -> Response {
        let isWell =
            (try? await Workers.look { try engine.answer(CountObjects(), as: Session()) }) != nil
        let text = isWell ? "DB Up!Welcome to Health Status!" : "The store cannot be read."
        return .text(text, isWell ? .ok : .internalServerError)
    }

    /// The authority's certificate, which may be known to everybody.
    private func certificate(_ request: Request) -> Response {
        let fields = FormFields(request.uri.query ?? "").fields
        guard let authority, ["ca-certificate", nil].contains(fields["resource"]) else {
            return .text("There is no such resource.\n", .notFound)
        }
        guard (fields["format"] ?? "X509-PEM-CA").hasPrefix("X509-PEM") else {
            return .text("The format is X509-PEM-CA.\n", .badRequest)
        }
        var response = Response.text(authority)
        response.headers[.contentType] = "application/x-x509-ca-cert"
        return response
    }

    private func scrape(_ request: Request) async -> Response {
        do {
            let authentication = Authentication(engine)
            let login = try await authentication.logIn(request)
            await authentication.end(login)
            let session = Session(userName: login.userName)
            let counts = try await Workers.look { try engine.answer(CountObjects(), as: session) }
            return .text(metrics.text + counts.metrics, type: PrometheusMetrics.contentType)
        } catch {
            let fault = Fault(error)
            var response = Response.text("\(fault.detail)\n", fault.status)
            if fault.status == .unauthorized {
                response.headers[.wwwAuthenticate] = "Basic realm=\"ovirt-engine\""
            }
            return response
        }
    }
}

extension CountObjects.Answer {
    /// What there is, as Prometheus reads it.
    fileprivate var metrics: String {
        [
            ("clone_vm_vms", "VMs that there are.", vms),
            ("clone_vm_disks", "Disks that there are.", disks),
            ("clone_vm_jobs_running", "Jobs at work, in this process or another.", runningJobs),
        ].map { name, help, value in
            "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n"
        }.joined()
    }
}

extension Response {
    /// A few words.
    fileprivate static func text(
        _ text: String,
        _ status: HTTPResponse.Status = .ok,
        type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
