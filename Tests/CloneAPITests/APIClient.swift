// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore

@testable import CloneAPI
@testable import CloneEngine

/// Asks the routes of a store without a socket, as one user.
struct APIClient {
    /// What was answered.
    struct Reply {
        let status: Int
        let headers: HTTPFields
        let body: Data

        var text: String { String(decoding: body, as: UTF8.self) }
        /// The document, when it is one.
        var document: Element? { try? XMLReader.read(body) }
        /// The status and the detail of a fault: `409 [Cannot add VM. …]`.
        var fault: String { "\(status) \(document?.text("detail") ?? "")" }
    }

    private let client: any TestClientProtocol
    /// What the caller shows; nil for nothing.
    var authorization: String?

    /// Sends a request, below the API's address unless it says another.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String? = nil,
        _ headers: HTTPFields = [:]
    ) async throws -> Reply {
        var fields = headers
        fields[.authorization] = authorization
        if body != nil, fields[.contentType] == nil { fields[.contentType] = "application/xml" }
        let uri = path.hasPrefix("/") ? path : "\(Address.base)/\(path)"
        let response = try await client.execute(
            uri: uri,
            method: method,
            headers: fields,
            body: body.map { ByteBuffer(string: $0) }
        )
        return Reply(
            status: response.status.code,
            headers: response.headers,
            body: Data(response.body.readableBytesView)
        )
    }

    func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> Reply {
        try await ask(.get, path, nil, headers)
    }

    /// Runs a test with a client that is logged in as a user, or as nobody.
    static func test(
        _ store: some TestStore,
        as user: String? = "admin@internal",
        _ body: @Sendable (APIClient) async throws -> Void
    ) async throws {
        let router = Router(options: .autoGenerateHeadEndpoints)
        APIRoutes(store.engine, authority: "-----BEGIN CERTIFICATE-----\n").add(to: router)
        let token = try user.map(store.engine.makeToken)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await Application(router: router, logger: logger).test(.router) { client in
            try await body(APIClient(client: client, authorization: token.map { "Bearer \($0)" }))
        }
    }
}

extension SampleStore {
    /// What stands for the names in braces in a route's address.
    func parameters() throws -> [String: String] {
        let session = Session()
        let configuration = try engine.answer(ShowVM(id: vm.id), as: session).configuration
        let users = try engine.answer(ListUsers(), as: session)
        return [
            "vm": vm.id.rawValue, "snapshot": snapshot.id.rawValue, "disk": data.id.rawValue,
            "domain": domains[0].id.rawValue, "datacenter": Constants.dataCenterID,
            "cluster": Constants.clusterID, "host": Constants.hostID,
            "template": Constants.blankTemplateID, "macpool": Constants.macPoolID,
            "network": Constants.id(of: "network", named: "ovirtmgmt"),
            "profile": Constants.id(of: "vnic_profile", named: "ovirtmgmt"),
            "nic": configuration.networkInterfaces[0].id.rawValue,
            "user": users.first?.id.rawValue ?? "",
            "role": Permission.Role.superUser.id, "tag": Constants.rootTagID, "event": "1",
            "authority": Constants.id(of: "domain", named: "internal"), "job": "no-job",
            "step": "no-step", "permission": "no-permission",
        ]
    }

    /// The address of a route, with what stands in the store.
    func address(of route: Route, _ parameters: [String: String]) -> String {
        route.segments.map { segment in
            guard segment.first == "{" else { return String(segment) }
            let name = String(segment.dropFirst().dropLast())
            return parameters[name] ?? "unknown-\(name)"
        }.joined(separator: "/")
    }
}
