// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Events of VMs that the session may see and of its own doing, the oldest first.
package struct ListEvents: Query {
    package var looksAtMachines: Bool { false }

    package var options: ListingOptions
    /// The number of an event; those after it are listed.
    package let after: Int64
    /// The job that they belong to; nil for any or none.
    package var jobID: Job.ID?
    /// The VM that they tell of; nil for any or none.
    package var vmID: VirtualMachine.ID?
    /// Where there are more than the limit: those at the end, not those at the beginning.
    ///
    /// A search that says how to sort goes before it.
    package var isLatest = false

    package init(_ options: ListingOptions, after: Int64 = 0) {
        (self.options, self.after) = (options, after)
    }

    package init(after: Int64 = 0, limit: Int = 1000) {
        self.init(ListingOptions(maximum: limit), after: after)
    }

    package func answer(_ context: CommandContext) throws -> Page<Event> {
        var filter: SQL = "event.id > \(after) AND \(try Visibility(context).events)"
        if let jobID { filter += " AND event.jobID = \(jobID)" }
        if let vmID { filter += " AND event.vmID = \(vmID)" }
        let table = isLatest ? ListEvents.latest : ListEvents.oldest
        let page: Page<Event> = try context.page(of: table, options, where: filter)
        guard isLatest, try SearchExpression(parsing: options.search).order == nil else {
            return page
        }
        return Page(page.reversed(), of: page.totalCount)
    }

    private static let oldest = table(order: "event.id")
    private static let latest = table(order: "event.id DESC")

    private static func table(order: String) -> ListingTable {
        ListingTable(name: "event", fields: fields, order: order)
    }

    private static let fields = [
        SearchField("message", "description", column: "event.message", isFreeText: true),
        SearchField("type", "code", kind: .number, column: "event.code"),
        SearchField("id", kind: .number, column: "event.id"),
        SearchField("severity", column: "event.severity"),
        SearchField("time", kind: .time, column: "event.time"),
        SearchField("correlation_id", column: "event.correlationID"),
        SearchField("usrname", "user", column: "event.userName"),
        SearchField(
            "event_vm",
            "vm",
            "vms.name",
            "vm.name",
            column: "virtualMachine.name",
            within: "event.vmID IN (SELECT id FROM virtualMachine WHERE @)"
        ),
        SearchField("event_host", "host", "host.name", "hosts.name", column: "''"),
    ]
}
