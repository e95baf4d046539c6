// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore

@testable import CloneWeb

/// What a browser shows the server: a session's cookie, and forms with the session's mark.
struct Browser {
    let client: any TestClientProtocol
    let token: String

    static func cookie(_ token: String) -> String { "__Host-clone-vm=\(token)" }

    func get(_ path: String, accept: String = "text/html") async throws -> TestResponse {
        try await client.execute(
            uri: path,
            method: .get,
            headers: [.cookie: Browser.cookie(token), .accept: accept]
        )
    }

    /// Sends a form, with the right mark unless it has one already.
    func post(
        _ path: String,
        _ fields: [String: String] = [:],
        _ headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        var (fields, headers) = (fields, headers)
        fields[ForgeryToken.field] =
            fields[ForgeryToken.field] ?? ForgeryToken.value(for: token)
        headers[.cookie] = Browser.cookie(token)
        headers[.contentType] = headers[.contentType] ?? "application/x-www-form-urlencoded"
        return try await client.execute(
            uri: path,
            method: .post,
            headers: headers,
            body: ByteBuffer(string: Browser.encoded(fields))
        )
    }

    /// The word beside a page's title: not one of its disks' that are done before the whole is.
    func state(of path: String) async throws -> String? {
        try await get(path).text.part(from: "id=\"state\"", to: "</h1>")?
            .part(from: "<span class=\"badge ", to: "</span>")?
            .split(separator: ">").last.map(String.init)
    }

    static func encoded(_ fields: [String: String]) -> String {
        fields.map { "\(urlEncoded($0.key))=\(urlEncoded($0.value))" }.joined(separator: "&")
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}
