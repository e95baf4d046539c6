// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Addresses of resources.
enum Address {
    static let base = "/ovirt-engine/api"

    static func vm(_ id: some CustomStringConvertible) -> String { "\(base)/vms/\(id)" }
    static func disk(_ id: some CustomStringConvertible) -> String { "\(base)/disks/\(id)" }
    static func job(_ id: some CustomStringConvertible) -> String { "\(base)/jobs/\(id)" }
    static func user(_ id: some CustomStringConvertible) -> String { "\(base)/users/\(id)" }
    static func storageDomain(_ id: some CustomStringConvertible) -> String {
        "\(base)/storagedomains/\(id)"
    }

    /// The parts of an address below the API's; nil when it is not there.
    ///
    /// Clients may name the version of the API that they speak.
    static func parts(_ path: String) -> [Substring]? {
        guard path == base || path.hasPrefix(base + "/") else { return nil }
        let parts = path.dropFirst(base.count).split(separator: "/")
        return parts.first == "v4" ? Array(parts.dropFirst()) : parts
    }
}
