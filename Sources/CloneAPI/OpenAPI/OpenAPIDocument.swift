// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Hummingbird

/// The description of the API, made from the routes that there are.
enum OpenAPIDocument {
    /// The document as it is served.
    static let body = ResponseBody(byteBuffer: ByteBuffer(bytes: data))

    /// The document as JSON.
    static let data: Data = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            preconditionFailure("strings, numbers, arrays and objects of them can be encoded")
        }
        return data
    }()

    private static let document: JSON = [
        "openapi": "3.0.3",
        "info": [
            "title": "clone-vm", "version": "4.5.8",
            "description": """
            oVirt's REST API, version 4, as far as it is about VMs, their snapshots and clones of \
            them; and what oVirt has no word for, said to be so. Documents are XML or, where the \
            client asks for it, JSON.
            """,
        ],
        "servers": [["url": .string(Address.base)]],
        "security": [["token": []], ["password": []]],
        "paths": .object(paths),
        "components": [
            "securitySchemes": [
                "token": ["type": "http", "scheme": "bearer"],
                "password": ["type": "http", "scheme": "basic"],
            ],
            "schemas": .object(DocumentSchemas.all),
            "responses": .object(AnswerSchemas.all),
        ],
    ]

    private static var paths: [String: JSON] {
        Dictionary(grouping: RouteTable.all.routes) { "/\($0.path)" }.mapValues { routes in
            let operations = routes.map { ($0.method.rawValue.lowercased(), $0.operation) }
            return .object(Dictionary(uniqueKeysWithValues: operations))
        }
    }
}

extension Route {
    /// What the document says of the route.
    fileprivate var operation: JSON {
        var fields: [String: JSON] = [
            "summary": .string(summary), "parameters": .array(parameters),
            "responses": AnswerSchemas.of(self),
            "operationId": .string(operationID),
        ]
        if let body {
            let schema: JSON = ["schema": ["$ref": .string("#/components/schemas/\(body)")]]
            fields["requestBody"] = [
                "required": true,
                "content": ["application/json": schema, "application/xml": schema],
            ]
        }
        return .object(fields)
    }

    private var operationID: String {
        let words = path.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        return ([method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "-")
    }

    private var parameters: [JSON] {
        let inPath = segments.filter { $0.first == "{" }.map { segment -> JSON in
            [
                "name": .string(String(segment.dropFirst().dropLast())), "in": "path",
                "required": true, "schema": ["type": "string"],
            ]
        }
        return inPath + QueryParameter.known(to: self).map(\.json)
    }
}
