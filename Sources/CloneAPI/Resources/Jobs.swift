// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation
internal import HTTPTypes

extension RouteTable {
    /// Work that takes a while.
    static let jobs: [Route] = [
        .get("jobs", "Lists jobs: `search=correlation_id=…`, `max`.") { call in
            .list("jobs", of: "job", try call.ask(ListJobs(call.listing())).map(\.element))
        },
        .get("jobs/{job}", "Shows a job.") { call in
            try call.ask(ShowJob(id: call.id("job"))).element
        },
        .get("jobs/{job}/steps", "Lists a job's steps, each with its `progress` in percent.") {
            call in
            .list("steps", of: "step", try call.ask(ShowJob(id: call.id("job"))).stepElements)
        },
        .get("jobs/{job}/steps/{step}", "Shows a step of a job.") { call in
            let id = call.parameters["step"] ?? ""
            let steps = try call.ask(ShowJob(id: call.id("job"))).stepElements
            guard let step = steps.first(where: { $0.id == id }) else {
                throw Fault.notFound("Step", id)
            }
            return step
        },
        Route(
            .post,
            "jobs/{job}/cancel",
            "Asks a job to stop; what it has done is undone. Not of oVirt.",
            body: "action",
            .slow { call in
                try call.engine.cancel(call.id("job"), as: call.session)
                return .complete
            }
        ),
    ]
}

extension ListJobs.Entry {
    /// The job as oVirt shows it.
    var element: Element {
        let href = Address.job(job.id)
        return Element(
            "job",
            href: href,
            id: job.id.rawValue,
            [
                .actions(["cancel"], of: href), Element("description", job.description),
                .link("steps", "\(href)/steps"), Element("auto_cleared", true),
                Element("correlation_id", job.correlationID),
                Element("end_time", ifAny: job.endedAt), Element("external", false),
                Element("failure", ifAny: job.failure),
                Element("last_updated", lastUpdated), Element("start_time", job.startedAt),
                Element("status", job.status.rawValue), owner,
            ]
        )
    }

    private var lastUpdated: Date {
        ([job.startedAt, job.endedAt] + steps.flatMap { [$0.startedAt, $0.endedAt] })
            .compactMap { $0 }.max() ?? job.startedAt
    }

    private var owner: Element { Element("owner", [Element("user_name", job.userName)]) }

    /// The steps as oVirt shows them, with how far each is, which it never tells.
    var stepElements: [Element] {
        let href = Address.job(job.id)
        return steps.map { step in
            Element(
                "step",
                href: "\(href)/steps/\(step.id)",
                id: step.id.rawValue,
                [
                    Element("description", step.description),
                    Element("end_time", ifAny: step.endedAt), Element("external", false),
                    Element("number", step.position),
                    Element("progress", Int((step.fraction * 100).rounded(.down))),
                    Element("start_time", ifAny: step.startedAt),
                    Element("status", step.status.rawValue), Element("type", "executing"),
                    Element("job", href: href, id: job.id.rawValue),
                ]
            )
        }
    }
}
