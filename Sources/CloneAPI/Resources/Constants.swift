// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What oVirt has any number of, and here there is one of.
enum Constants {
    static let dataCenterID = "0f3a3c2e-6d3b-4d6e-9d0a-3b1d5c7a9e01"
    static let clusterID = "0f3a3c2e-6d3b-4d6e-9d0a-3b1d5c7a9e02"
    static let hostID = "0f3a3c2e-6d3b-4d6e-9d0a-3b1d5c7a9e03"
    static let macPoolID = "0f3a3c2e-6d3b-4d6e-9d0a-3b1d5c7a9e04"
    /// oVirt's template that has nothing.
    static let blankTemplateID = "00000000-0000-0000-0000-000000000000"
    static let rootTagID = "00000000-0000-0000-0000-000000000000"
    static let defaultName = "Default"

    static let dataCenter = "\(Address.base)/datacenters/\(dataCenterID)"
    static let cluster = "\(Address.base)/clusters/\(clusterID)"
    static let host = "\(Address.base)/hosts/\(hostID)"
    static let blankTemplate = "\(Address.base)/templates/\(blankTemplateID)"

    /// An id for something that has only a name: the same each time, on every machine.
    static func id(of kind: String, named name: String) -> String {
        // Two runs of FNV-1a, 64 bits each, which need only be different for different names.
        let halves = [kind, kind + "'"].map { seed in
            "\(seed)/\(name)".utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
                ($0 ^ UInt64($1)) &* 0x100_0000_01b3
            }
        }
        let digits = halves.map { half in
            let text = String(half, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        let bounds = [0, 8, 12, 16, 20, 32]
        return zip(bounds, bounds.dropFirst()).map { start, end in
            String(digits.dropFirst(start).prefix(end - start))
        }.joined(separator: "-")
    }
}
