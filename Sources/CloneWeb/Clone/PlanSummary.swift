// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// What a clone takes, in a few lines.
struct PlanSummary: Sendable {
    /// What is assumed before anything was copied here.
    private static let assumedRate: Double = 200 * 1024 * 1024
    /// So many copies run side by side in a domain.
    private static let copiesAtOnce = 2

    let disks: String
    let bytes: String
    let virtualBytes: String
    let sharing: String
    let time: String
    let rate: String
    let domains: Table

    /// What a plan comes to.
    ///
    /// - Parameters:
    ///   - plan: the plan.
    ///   - domains: all domains, with the space that each has.
    ///   - known: the bytes that were copied each second lately; nil when nothing was.
    ///   - limit: those that the user wants copied at most; nil for as many as possible.
    init(
        _ plan: ClonePlan,
        _ domains: [ListStorageDomains.Entry],
        rate known: Double?,
        limit: UInt64?
    ) {
        let copies = plan.copies
        disks = "\(copies.count) of \(plan.configuration.disks.count)"
        bytes = size(copies.reduce(0) { $0 + $1.requiredBytes })
        virtualBytes = size(copies.reduce(0) { $0 + $1.source.disk.capacityBytes })
        sharing = PlanSummary.sharing(copies)
        let free = known ?? PlanSummary.assumedRate
        let rate = min(free, limit.map { Double($0) } ?? free)
        time = copies.isEmpty ? "–" : "about \(duration(PlanSummary.seconds(plan, rate)))"
        let words = "\(size(UInt64(rate)))/s"
        self.rate =
            rate < free
            ? "at \(words), as limited"
            : known == nil ? "at an assumed \(words)" : "at \(words), as lately"
        self.domains = PlanSummary.table(plan, domains)
    }

    private static func sharing(_ copies: [ClonePlan.Copy]) -> String {
        let shared = copies.filter(\.canShareBlocks)
        let bytes = shared.reduce(0) { $0 + $1.requiredBytes }
        return shared.isEmpty
            ? "none" : "up to \(size(bytes)), which take no time"
    }

    /// As long as the domain that takes longest; blocks that are shared take none.
    private static func seconds(_ plan: ClonePlan, _ rate: Double) -> Double {
        let times = plan.domains.map { domain in
            let copies = plan.copies.filter { $0.domain.id == domain.id && !$0.canShareBlocks }
            let bytes = copies.reduce(0) { $0 + $1.requiredBytes }
            return Double(bytes) / (rate * Double(max(1, min(copiesAtOnce, copies.count))))
        }
        return times.max() ?? 0
    }

    private static func table(
        _ plan: ClonePlan,
        _ domains: [ListStorageDomains.Entry]
    ) -> Table {
        Table(
            "Space in each storage domain",
            [.init("Domain"), .number("Needed"), .number("Free"), .number("After")],
            empty: "No disk is copied.",
            rows: plan.domains.map { domain in
                let needed = plan.requiredBytes(in: domain)
                let free = domains.first { $0.domain.id == domain.id }?.freeBytes
                let after = free.map {
                    needed > $0 ? Cell(Badge("Too little", .bad)) : Cell(size($0 - needed))
                }
                return Table.Row(cells: [
                    Cell(domain.name), Cell(size(needed)), Cell(free.map(size) ?? "missing"),
                    after ?? .nothing,
                ])
            }
        )
    }
}
