// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Answers requests below `/ovirt-engine/api`.
struct APIResponder: Sendable {
    private static let methods: [HTTPRequest.Method] = [.get, .post, .put, .delete, .patch]

    private let engine: Engine
    private let authentication: Authentication
    private let patience: Duration

    init(_ engine: Engine, _ patience: Duration) {
        (self.engine, self.patience) = (engine, patience)
        authentication = Authentication(engine)
    }

    /// Adds all addresses below the API's.
    func add(to router: Router<BasicRequestContext>) {
        for method in APIResponder.methods {
            for path: RouterPath in ["ovirt-engine/api", "ovirt-engine/api/**"] {
                router.on(path, method: method) { request, context in
                    await respond(to: request, context)
                }
            }
        }
    }

    private func respond(to request: Request, _ context: BasicRequestContext) async -> Response {
        let start = ContinuousClock.now
        var log = AccessLog(request, context.logger)
        var representation = Representation.xml
        var response: Response
        do {
            representation = try Representation(accepting: request.headers[.accept])
            let correlation = try CorrelationID(of: request)
            log.correlationID = correlation.text
            let login = try await authentication.logIn(request)
            log.userName = login.userName
            let session = Session(
                userName: login.userName,
                correlationID: correlation.text,
                isFiltered: request.headers[.filter]?.lowercased() == "true"
            )
            let answer = await answer(request, as: session, context)
            await authentication.end(login)
            response = try answer.get().response(representation)
        } catch {
            let fault = Fault(error)
            if fault.status == .internalServerError { log.failure = "\(error)" }
            response = fault.response(to: request, representation)
        }
        response.headers[.correlationID] = log.correlationID
        log.write(response.status, ContinuousClock.now - start)
        return response
    }

    private func answer(
        _ request: Request,
        as session: Session,
        _ context: BasicRequestContext
    ) async -> Result<Answer, any Error> {
        do {
            let address = Address.parts(request.uri.path) ?? []
            let (route, parameters) = try RouteTable.all.route(request.method, address)
            context.coreContext.endpointPath.value = "\(Address.base)/\(route.path)"
            let call = Call(
                engine: engine,
                session: session,
                parameters: parameters,
                query: FormFields(request.uri.query ?? ""),
                headers: request.headers,
                body: try await RequestDocument.read(
                    request,
                    as: route.body ?? "action",
                    within: patience
                )
            )
            var answer = try await Workers.answer(call, by: route)
            if route.method == .get, case .document(let document) = answer.content,
                let following = try Following(call)
            {
                answer.content = .document(
                    try await Workers.perform {
                        var following = following
                        return following.complete(document)
                    }
                )
            }
            return .success(answer)
        } catch { return .failure(error) }
    }
}

extension Fault {
    /// The fault as it goes through the network.
    fileprivate func response(
        to request: Request,
        _ representation: Representation
    ) -> Response {
        // oVirt says nothing of what it was asked for and has not.
        let isSilent = status == .notFound && request.method == .get
        var response = Answer(status, isSilent ? .nothing : .document(element))
            .response(representation)
        if status == .unauthorized {
            response.headers[.wwwAuthenticate] = "Bearer realm=\"ovirt-engine\""
            response.headers.append(
                .init(name: .wwwAuthenticate, value: "Basic realm=\"ovirt-engine\"")
            )
        }
        return response
    }
}
