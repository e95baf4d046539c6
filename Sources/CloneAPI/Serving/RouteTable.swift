// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// All routes, by how many parts their addresses have.
struct RouteTable: Sendable {
    private let byLength: [Int: [Route]]
    /// In the order of their addresses.
    let routes: [Route]

    init(_ routes: [Route]) {
        self.routes = routes
        // Words go before parameters.
        let ordered = routes.sorted {
            $0.path.filter { $0 == "{" }.count < $1.path.filter { $0 == "{" }.count
        }
        byLength = Dictionary(grouping: ordered, by: \.segments.count)
    }

    /// The route of an address, with its parameters' values.
    ///
    /// - Throws: `Fault`, when there is nothing, or nothing that can be done in this way.
    func route(
        _ method: HTTPRequest.Method,
        _ address: [Substring]
    ) throws(Fault) -> (Route, [String: String]) {
        var isKnown = false
        for route in byLength[address.count] ?? [] {
            guard let parameters = route.parameters(of: address) else { continue }
            if route.method == method { return (route, parameters) }
            isKnown = true
        }
        let detail =
            "There is no \(method.rawValue) of /\(address.joined(separator: "/").prefix(200))."
        throw isKnown
            ? Fault(.methodNotAllowed, "Method not allowed", detail)
            : Fault(.notFound, "Not found", detail)
    }

    /// Every address that can be asked, and how.
    static let all = RouteTable(
        [
            root, vms, vmDevices, snapshots, disks, diskAttachments, storageDomains, places,
            users, permissions, jobs, events, plans, extras,
        ].flatMap { $0 }
    )
}
