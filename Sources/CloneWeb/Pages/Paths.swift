// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// Where things are on the site.
enum Paths {
    static let vms = "\(WebRoutes.root)/vms"
    static let disks = "\(WebRoutes.root)/disks"
    static let domains = "\(WebRoutes.root)/domains"
    static let jobs = "\(WebRoutes.root)/jobs"
    static let events = "\(WebRoutes.root)/events"
    static let users = "\(WebRoutes.root)/users"
    static let account = "\(WebRoutes.root)/account"

    /// What a search finds in a listing; an empty one finds all.
    static func listing(_ path: String, _ search: String) -> String {
        search.isEmpty ? path : "\(path)?search=\(urlEncoded(search))"
    }

    static func vm(_ id: VirtualMachine.ID, _ more: String = "") -> String {
        "\(vms)/\(id)\(more)"
    }
    static func snapshot(
        _ id: Snapshot.ID,
        of vm: VirtualMachine.ID,
        _ more: String = ""
    ) -> String { "\(vms)/\(vm)/snapshots/\(id)\(more)" }
    static func disk(_ id: Disk.ID, _ more: String = "") -> String { "\(disks)/\(id)\(more)" }
    static func domain(_ id: StorageDomain.ID, _ more: String = "") -> String {
        "\(domains)/\(id)\(more)"
    }
    static func job(_ id: Job.ID, _ more: String = "") -> String { "\(jobs)/\(id)\(more)" }
    static func user(_ name: String, _ more: String = "") -> String {
        "\(users)/\(urlEncoded(name))\(more)"
    }
}
