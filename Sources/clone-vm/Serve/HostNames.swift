// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import SwiftASN1
internal import X509

/// The names and addresses by which clients call this host.
struct HostNames {
    private var names = ["localhost"]
    private var addresses = ["127.0.0.1", "::1"]

    /// What a certificate calls the host.
    var commonName: String { names.last ?? "localhost" }

    /// The host's own names, and those that the caller knows of.
    init(with others: [String]) {
        let host = ProcessInfo.processInfo.hostName.lowercased()
        for name in [host] + others where !name.isEmpty {
            if (try? SocketAddress(ipAddress: name, port: 0)) == nil {
                if !names.contains(name) { names.append(name) }
            } else if !addresses.contains(name), name != "0.0.0.0", name != "::" {
                addresses.append(name)
            }
        }
    }

    /// All of them as a certificate has them.
    var alternatives: [GeneralName] {
        names.map { .dnsName($0) }
            + addresses.compactMap { address in
                let bytes = try? SocketAddress(ipAddress: address, port: 0).addressBytes
                return bytes.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
            }
    }
}

extension SocketAddress {
    /// The four or sixteen bytes of the address, as the network has them.
    fileprivate var addressBytes: [UInt8]? {
        let text = ipAddress ?? ""
        switch self {
        case .v4: return text.split(separator: ".").compactMap { UInt8($0) }
        case .v6: return SocketAddress.bytes(ofGroups: text)
        case .unixDomainSocket: return nil
        }
    }

    /// The bytes of eight groups, of which one run of zeros is left out.
    private static func bytes(ofGroups text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false).map { half in
            half.split(separator: ":").map { UInt16($0, radix: 16) }
        }
        let (first, last) = (halves.first ?? [], halves.dropFirst().last ?? [])
        let gap = halves.count == 2 ? 8 - first.count - last.count : 0
        let groups = (first + Array(repeating: 0, count: max(0, gap)) + last).compactMap { $0 }
        guard groups.count == 8 else { return nil }
        return groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    }
}
