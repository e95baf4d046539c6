// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// What has happened.
    static let events: [Route] = [
        .get(
            "events",
            "Lists events, the newest first; those after `from`, the oldest first: `max`, `search`.",
            eventList
        ),
        Route(
            .get,
            "events/stream",
            "Tells of events and of jobs' progress as they happen, as server-sent events. Not of oVirt.",
            .waiting(EventStream.answer)
        ),
        .get("events/{event}", "Shows an event.") { call in
            let text = call.parameters["event"] ?? ""
            guard let id = Int64(text), id > 0,
                let event = try call.ask(ListEvents(after: id - 1, limit: 1)).first, event.id == id
            else { throw Fault.notFound("Event", text) }
            return event.element
        },
    ]

    /// A client that does not say how many events it wants gets these.
    private static let maximumEvents = 1000

    private static func eventList(_ call: Call) throws -> Element {
        var options = try call.listing()
        options.maximum = options.maximum ?? maximumEvents
        let from = try call.number("from")
        var query = ListEvents(options, after: Int64(from ?? 0))
        query.isLatest = from == nil
        let page = try call.ask(query)
        let isSorted = try SearchExpression(parsing: options.search).order != nil
        let events = query.isLatest && !isSorted ? page.reversed() : Array(page)
        return .list("events", of: "event", events.map(\.element))
    }
}

extension Event {
    /// The event as oVirt shows it.
    var element: Element {
        let number = id ?? 0
        return Element(
            "event",
            href: "\(Address.base)/events/\(number)",
            id: "\(number)",
            [
                Element("description", message), Element("code", code),
                Element("correlation_id", ifAny: correlationID), Element("custom_id", -1),
                Element("flood_rate", 30), Element("origin", "oVirt"),
                Element("severity", severity.rawValue), Element("time", time),
                userName.map { Element("user", [Element("user_name", $0)]) },
                vmID.map { Element("vm", href: Address.vm($0), id: $0.rawValue) },
            ]
        )
    }
}
