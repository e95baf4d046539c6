// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// What is answered, by status.
enum AnswerSchemas {
    /// The answers that any route may give, by the names that routes refer to them by.
    static let all: [String: JSON] = [
        "done": answer("Done."), "made": answer("Made."), "started": answer("Being made."),
        "badRequest": fault("The request makes no sense."),
        "unauthorized": fault("Nobody has shown who he is."),
        "forbidden": fault("The user may not do that."),
        "notFound": fault("There is no such thing."),
        "notAcceptable": fault("Neither XML nor JSON is wanted."),
        "conflict": fault("Something stands in its way."),
        "contentTooLarge": fault("The document is too large."),
        "unsupportedMediaType": fault("The document is neither XML nor JSON."),
        "stream": [
            "description": "Events, until either side ends.",
            "content": ["text/event-stream": ["schema": ["type": "string"]]],
        ],
        "description": [
            "description": "This document.", "content": ["application/json": anything],
        ],
    ]

    /// The answers that a route gives.
    static func of(_ route: Route) -> JSON {
        var names = [
            "200": "done", "400": "badRequest", "401": "unauthorized", "403": "forbidden",
            "404": "notFound", "406": "notAcceptable",
        ]
        switch route.path {
        case "events/stream": names["200"] = "stream"
        case "openapi.json": names["200"] = "description"
        default: break
        }
        if route.method != .get {
            let others = [
                "201": "made", "202": "started", "409": "conflict", "413": "contentTooLarge",
                "415": "unsupportedMediaType",
            ]
            names.merge(others) { first, _ in first }
        }
        return .object(names.mapValues { ["$ref": .string("#/components/responses/\($0)")] })
    }

    private static let anything: JSON = ["schema": ["type": "object"]]

    private static func answer(_ description: String) -> JSON {
        let content: JSON = ["application/xml": anything, "application/json": anything]
        return ["description": .string(description), "content": content]
    }

    private static func fault(_ description: String) -> JSON {
        let schema: JSON = ["schema": ["$ref": "#/components/schemas/fault"]]
        let content: JSON = ["application/xml": schema, "application/json": schema]
        return ["description": .string(description), "content": content]
    }
}
