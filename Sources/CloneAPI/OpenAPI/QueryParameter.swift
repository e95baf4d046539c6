// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// A field that the query of a route may have.
struct QueryParameter: Sendable {
    private let name: String
    private let type: String
    private let description: String

    private init(_ name: String, _ type: String, _ description: String) {
        (self.name, self.type, self.description) = (name, type, description)
    }

    var json: JSON {
        [
            "name": .string(name), "in": "query", "required": false,
            "description": .string(description), "schema": ["type": .string(type)],
        ]
    }

    /// Those that a route looks at.
    static func known(to route: Route) -> [QueryParameter] {
        guard route.method == .get else {
            return [correlation] + (special["\(route.method) \(route.path)"] ?? [])
        }
        let isList = route.segments.last.map { $0.first != "{" } ?? false
        return (isList ? listing : []) + [follow] + (special["GET \(route.path)"] ?? [])
    }

    private static let listing = [
        QueryParameter("search", "string", "A search in oVirt's language: name=web* and status=up"),
        QueryParameter("max", "integer", "At most so many."),
        QueryParameter("case_sensitive", "boolean", "Whether name=x finds X too: no."),
    ]
    private static let follow = QueryParameter(
        "follow",
        "string",
        "Links to put what they lead to in place of: nics,disk_attachments.disk"
    )
    private static let correlation = QueryParameter(
        "correlation_id",
        "string",
        "The name by which events and jobs are found again."
    )
    private static let clone = [
        QueryParameter(
            "shared_disks",
            "string",
            "Of disks that others write to: attach-unplugged, attach-plugged, omit or refuse."
        ),
        QueryParameter("keep_mac_addresses", "boolean", "Network cards keep their addresses."),
        QueryParameter("bytes_per_second", "integer", "What each disk's copy writes at most."),
        QueryParameter("check_space", "boolean", "Refuse what cannot fit: yes, unless false."),
    ]
    private static let special = [
        "POST vms": clone, "POST vms/plan": clone,
        "DELETE vms/{vm}": [
            QueryParameter("detach_only", "boolean", "Keep the disks.")
        ],
        "DELETE vms/{vm}/diskattachments/{disk}": [
            QueryParameter("detach_only", "boolean", "Keep the disk: yes, unless false.")
        ],
        "GET vms/{vm}/snapshots": [allContent], "GET vms/{vm}/snapshots/{snapshot}": [allContent],
        "GET events": [from], "GET events/stream": [from],
    ]
    private static let allContent = QueryParameter(
        "all_content",
        "boolean",
        "With the configuration that was kept, as OVF."
    )
    private static let from = QueryParameter("from", "integer", "Events after this one.")
}
