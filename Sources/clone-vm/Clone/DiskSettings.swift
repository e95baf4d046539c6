// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// What is wished for one disk of a clone: `root:domain=fast,format=raw`.
struct DiskSettings {
    private enum Key: String, CaseIterable {
        case domain, format, allocation, interface, alias, boot
    }

    /// The disk's alias or id.
    let name: String
    private var domain: String?
    private var choice = CloneVMFromSnapshot.DiskChoice()

    /// Reads what a user has written.
    ///
    /// - Throws: `ValidationError` that says which part of it means nothing.
    init(_ argument: String) throws {
        let parts = argument.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { throw ValidationError("it has the form DISK:KEY=VALUE,...") }
        name = String(parts[0])
        var said: Set<Key> = []
        for setting in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let words = setting.split(separator: "=", maxSplits: 1).map(String.init)
            guard words.count == 2, let key = Key(rawValue: words[0]) else {
                let keys = Key.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(setting)' is no setting; these are: \(keys)")
            }
            guard said.insert(key).inserted else {
                throw ValidationError("it says \(key) twice")
            }
            try set(key, words[1])
        }
    }

    private mutating func set(_ key: Key, _ value: String) throws {
        switch key {
        case .domain: domain = value
        case .alias: choice.alias = value
        case .format: choice.format = try DiskSettings.word(value, for: key)
        case .allocation: choice.allocation = try DiskSettings.word(value, for: key)
        case .interface: choice.interface = try DiskSettings.word(value, for: key)
        case .boot: choice.bootOrder = try DiskSettings.place(value)
        }
    }

    private static func word<Word>(_ value: String, for key: Key) throws -> Word
    where Word: CaseIterable & RawRepresentable<String> {
        if let word = Word(rawValue: value) { return word }
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("\(key) is one of \(words), not '\(value)'")
    }

    private static func place(_ value: String) throws -> Int {
        guard let place = Int(value), place > 0 else {
            throw ValidationError("boot is a number from 1, not '\(value)'")
        }
        return place
    }

    /// Adds the settings to what was wished so far.
    func apply(
        to wish: inout CloneVMFromSnapshot.DiskChoice,
        _ client: Client
    ) throws {
        wish.domainID = try domain.map(client.domain) ?? wish.domainID
        wish.alias = choice.alias ?? wish.alias
        wish.format = choice.format ?? wish.format
        wish.allocation = choice.allocation ?? wish.allocation
        wish.interface = choice.interface ?? wish.interface
        wish.bootOrder = choice.bootOrder ?? wish.bootOrder
    }
}
