// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import DiskIO
import Foundation
import Synchronization
import SystemPackage
import TestSupport

/// The current for some targets, which fails after a number of their calls.
final class PowerSupply: Sendable {
    private let left: Mutex<Int>

    init(calls: Int) { left = Mutex(calls) }

    var callsLeft: Int { left.withLock { $0 } }
    var isOn: Bool { callsLeft > 0 }

    /// Uses up a call.
    func use(_ path: String) throws(IOError) {
        let isOn = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isOn else { throw IOError(call: "write", path: path, cause: .errno(.ioError)) }
    }
}

/// A file on a disk that has a cache: what was not flushed when the power fails is there, or is not,
/// or is garbage.
final class VolatileTarget: BlockTarget {
    private enum Change {
        case write(Int, Data)
        case zero(Range<Int>)
        case resize(Int)
    }

    private struct State {
        var durable = Data()
        var current = Data()
        var changes: [Change] = []
    }

    let path: String
    let startsZeroed = true
    private let power: PowerSupply
    /// It shares, by copying.
    private let shares: Bool
    private let state: Mutex<State>

    init(_ path: String, _ content: Data, _ power: PowerSupply, shares: Bool = false) {
        self.path = path
        self.power = power
        self.shares = shares
        state = Mutex(State(durable: content, current: content))
    }

    /// What everybody reads while there is power.
    var content: Data { state.withLock { $0.current } }

    /// What is left after a power cut.
    func remains(_ random: inout SeededGenerator) -> Data {
        let (durable, changes) = state.withLock { ($0.durable, $0.changes) }
        var content = durable
        for change in changes {
            switch (change, random.int(in: 0...2)) {
            case (_, 0): continue
            case (.write(let offset, let bytes), 1):
                VolatileTarget.apply(.write(offset, random.bytes(bytes.count)), to: &content)
            default: VolatileTarget.apply(change, to: &content)
            }
        }
        return content
    }

    private static func apply(_ change: Change, to content: inout Data) {
        switch change {
        case .write(let offset, let bytes):
            let end = offset + bytes.count
            if content.count < end { apply(.resize(end), to: &content) }
            content.replaceSubrange(offset..<end, with: bytes)
        case .zero(let range):
            let inside = range.clamped(to: 0..<content.count)
            content.resetBytes(in: inside)
        case .resize(let count):
            content.removeLast(max(0, content.count - count))
            content.append(Data(count: count - content.count))
        }
    }

    private func make(_ change: Change) throws(IOError) {
        try power.use(path)
        state.withLock { state in
            VolatileTarget.apply(change, to: &state.current)
            state.changes.append(change)
        }
    }

    func write(_ bytes: RawSpan, at offset: UInt64) throws(IOError) {
        try make(.write(Int(offset), unsafe bytes.withUnsafeBytes { unsafe Data($0) }))
    }

    func zero(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try make(.zero(Int(offset)..<Int(offset + byteCount)))
    }

    func writeZeros(at offset: UInt64, byteCount: UInt64) throws(IOError) {
        try write([UInt8](repeating: 0, count: Int(byteCount)), at: offset)
    }

    func canShare(with source: any BlockSource) -> Bool { shares }

    func share(
        _ source: any BlockSource,
        at sourceOffset: UInt64,
        byteCount: UInt64,
        to offset: UInt64
    ) throws(IOError) {
        try write(source.bytes(at: sourceOffset, count: Int(byteCount)), at: offset)
    }

    func allocate(at offset: UInt64, byteCount: UInt64) throws(IOError) {}
    func setByteCount(_ byteCount: UInt64) throws(IOError) { try make(.resize(Int(byteCount))) }

    func flush() throws(IOError) {
        try power.use(path)
        state.withLock { state in
            for change in state.changes { VolatileTarget.apply(change, to: &state.durable) }
            state.changes.removeAll()
        }
    }
}

/// Bytes in memory, read like a file.
final class MemorySource: BlockSource {
    let path = "journal"
    private let content: Data
    var byteCount: UInt64 { UInt64(content.count) }

    init(_ content: Data) { self.content = content }

    func read(at offset: UInt64, into bytes: inout MutableRawSpan) throws(IOError) {
        guard offset <= byteCount, UInt64(bytes.byteCount) <= byteCount - offset else {
            throw IOError(call: "read", path: path, offset: offset, cause: .unexpectedEnd)
        }
        for index in 0..<bytes.byteCount {
            bytes.storeBytes(of: content[Int(offset) + index], toByteOffset: index, as: UInt8.self)
        }
    }
}
