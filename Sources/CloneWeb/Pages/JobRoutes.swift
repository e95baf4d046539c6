// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// What goes on, and what has happened.
enum JobRoutes {
    @Sendable
    static func add(to routes: VisitRoutes) {
        routes.live("jobs", list)
        routes.live("jobs/:job", show)
        routes.post("jobs/:job/cancel") { visit in
            let id: Job.ID = try visit.id("job")
            try visit.engine.cancel(id, as: visit.session)
            return .redirect(Notice.jobCancelled.on(Paths.job(id)))
        }
        routes.live("events", events)
    }

    private static func list(_ visit: Visit) throws -> Reply {
        var sheet = Sheet()
        let search = visit.query["search"] ?? ""
        let states = Job.Status.allCases.map { (Badge($0).word, "status=\($0.rawValue)") }
        sheet.search = SearchBox(
            action: Paths.jobs,
            value: search,
            label: "Search jobs",
            example: "vm=web and status=failed",
            chips: Tab.searches([("All", "")] + states, of: Paths.jobs, search)
        )
        try visit.list(ListJobs(visit.listing), at: Paths.jobs, in: &sheet) { jobs in
            Table(
                "Jobs",
                [
                    .init("Job"), .init("Status"), .init("Progress"), .moment("Started"),
                    .number("Time"), .init("User"),
                ],
                empty: "No job is found.",
                rows: jobs.map(row)
            )
        }
        return .page(WebPage("Jobs", "sheet", in: .jobs, sheet))
    }

    private static func row(_ entry: ListJobs.Entry) -> Table.Row {
        let job = entry.job
        let meter = Meter(entry.fraction, "\(entry.percent) %", of: job.description)
        return Table.Row(cells: [
            Cell(job.description, to: Paths.job(job.id), note: job.failure),
            Cell(Badge(job.status)), job.status == .started ? Cell(meter) : .nothing,
            Cell(moment(job.startedAt)), Cell(duration(job.seconds)), Cell(job.userName),
        ])
    }

    private static func show(_ visit: Visit) throws -> Reply {
        let entry = try visit.ask(ShowJob(id: visit.id("job")))
        var query = ListEvents(.init(maximum: Pager.size))
        (query.jobID, query.isLatest) = (entry.job.id, true)
        let events = try visit.ask(query)
        var page = WebPage(
            entry.job.description,
            "job",
            in: .jobs,
            JobModel(entry, EventTable.tableOfJob(events.reversed()))
        )
        page.trail = [Link("Jobs", Paths.jobs)]
        page.refreshSeconds = entry.job.status == .started ? 2 : nil
        return .page(page)
    }

    private static func events(_ visit: Visit) throws -> Reply {
        var sheet = Sheet()
        let search = visit.query["search"] ?? ""
        let chips = [("All", ""), ("Warnings", "severity=warning"), ("Errors", "severity=error")]
        sheet.search = SearchBox(
            action: Paths.events,
            value: search,
            label: "Search events",
            example: "severity=warning and time>2026-01-31",
            chips: Tab.searches(chips, of: Paths.events, search)
        )
        var query = ListEvents(visit.listing)
        query.isLatest = true
        try visit.list(query, at: Paths.events, in: &sheet) { EventTable.table($0.reversed()) }
        return .page(WebPage("Events", "sheet", in: .events, sheet))
    }
}
