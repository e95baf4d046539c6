// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport
import Testing

@testable import CloneEngine

@Suite("Addresses of devices")
struct AddressTests {
    private let directory: TemporaryDirectory
    private let store: Store
    private let vm = VirtualMachine(name: "vm", createdAt: Date())

    init() throws {
        directory = try TemporaryDirectory()
        store = try Store(
            in: directory.path("state"),
            patienceSeconds: 1,
            readsSideBySide: false
        )
        try store.write { try vm.insert($0) }
    }

    private static let first: Int64 = 0x566f_1a1a_0000

    private func take(_ numbers: [Int64], in database: Database) throws {
        for number in numbers {
            try NetworkInterface(
                vmID: vm.id,
                name: "\(number)",
                macAddress: #require(MACAddress(rawValue: Self.first + number)),
                // The store wants each of a VM's addresses once; these are many.
                address: .drive(bus: 0, unit: Int(number & 0xffff_ffff))
            ).insert(database)
        }
    }

    private func pool(last: Int64 = 9) throws -> MACPool {
        try MACPool(
            #require(MACAddress(rawValue: Self.first))...#require(
                MACAddress(rawValue: Self.first + last)
            )
        )
    }

    @Test(
        "a card gets an address that no other has, until all are taken",
        arguments: [
            ([], 0), ([0], 1), ([0, 1, 2], 3), ([5], 6), ([0, 5], 6), ([9], 0), ([1, 9], 0),
            ([0, 9], 1), ([0, 1, 2, 9], 3), ([0, 1, 3, 9], 2), ([0, 1, 2, 3, 4, 5, 6, 7, 9], 8),
            (Array(0...9), nil), ([10], 0), ([9, 10, 11], 0), (Array(0...11), nil), ([0, 10], 1),
        ] as [([Int64], Int64?)]
    )
    func macAddress(taken: [Int64], expected: Int64?) throws {
        let next = try store.write { database in
            try take(taken, in: database)
            return try pool().next(in: database)
        }
        #expect(next?.rawValue == expected.map { Self.first + $0 })
    }

    @Test("a pool of one address gives it once")
    func single() throws {
        try store.write { database in
            #expect(try pool(last: 0).next(in: database)?.rawValue == Self.first)
            try take([0], in: database)
            #expect(try pool(last: 0).next(in: database) == nil)
        }
    }

    @Test("the standard pool is oVirt's")
    func standard() {
        #expect(MACPool.standard.range.lowerBound.description == "56:6f:1a:1a:00:00")
        #expect(MACPool.standard.range.upperBound.description == "56:6f:1a:1a:ff:ff")
    }

    @Test("the index alone is asked, however many cards there are")
    func plan() throws {
        try store.write { database in
            var statements: [String] = []
            database.trace { statements.append($0.expandedDescription) }
            try take([0, 9], in: database)
            statements = []
            _ = try pool().next(in: database)
            let asked = statements.filter { $0.hasPrefix("SELECT") }
            #expect(asked.count == 3)
            database.trace()
            for statement in asked {
                let rows = try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + statement)
                let steps = rows.map { $0["detail"] as String }
                #expect(
                    steps.allSatisfy { $0.contains("INDEX") || $0.contains("SUBQUERY") },
                    "\(steps)"
                )
                #expect(!steps.contains { $0.contains("SCAN") || $0.contains("TEMP") }, "\(steps)")
            }
        }
    }

    @Test("a virtio disk and a card get the first free slot", arguments: [0, 1, 28, 29])
    func slots(count: Int) {
        let taken = (3..<32).prefix(count).map(DeviceAddress.pci) + [.drive(bus: 0, unit: 0)]
        let expected: DeviceAddress? = count == 29 ? nil : .pci(slot: 3 + count)
        #expect(DeviceAddress.freeSlot(besides: taken) == expected)
        #expect(DeviceAddress.free(for: .virtio, besides: taken.reversed()) == expected)
    }

    @Test("a gap between slots is used")
    func gap() {
        #expect(DeviceAddress.freeSlot(besides: [.pci(slot: 3), .pci(slot: 5)]) == .pci(slot: 4))
    }

    @Test(
        "a drive gets the first free unit",
        arguments: [.virtioSCSI, .sata, .ide] as [DiskAttachment.Interface]
    )
    func drives(interface: DiskAttachment.Interface) {
        for count in 0...6 {
            let taken = (0..<count).map { DeviceAddress.drive(bus: 0, unit: $0) } + [.pci(slot: 3)]
            let expected: DeviceAddress? = count == 6 ? nil : .drive(bus: 0, unit: count)
            #expect(DeviceAddress.free(for: interface, besides: taken) == expected)
        }
    }

    @Test(
        "people are told what differs between a VM's devices",
        arguments: [
            ("{type=pci, slot=0x06, bus=0x00, domain=0x0000, function=0x0}", "pci 0x06"),
            ("{type=pci, slot=0x00, bus=0x05, domain=0x0000, function=0x1}", "pci 05:00.1"),
            ("{type=drive, controller=0, bus=0, target=0, unit=3}", "drive 0:3"),
            ("{type=ccw, cssid=0xfe, devno=0x0000}", "{type=ccw, cssid=0xfe, devno=0x0000}"),
        ]
    )
    func short(text: String, words: String) {
        #expect(DeviceAddress(rawValue: text)?.short == words)
    }
}
