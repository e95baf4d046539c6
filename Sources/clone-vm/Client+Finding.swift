// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

extension Client {
    func vm(_ text: String) throws -> VirtualMachine.ID { try ask(Find.vm(text)) }

    func domain(_ text: String) throws -> StorageDomain.ID { try ask(Find.domain(text)) }

    /// A storage domain by its name or id, or that of a directory by its path.
    func place(_ text: String) throws -> StorageDomain.ID {
        text.contains("/") ? try run(UseDirectory(path: text)).id : try domain(text)
    }

    /// Does what leaves nothing behind: directories that became storage domains for it are none
    /// afterwards.
    func forgettingNewDirectories(_ body: () throws -> Void) throws {
        let known = try domainNames()
        defer {
            for (id, name) in (try? domainNames()) ?? [:] where known[id] == nil {
                // Pools that libvirt has are found, and stay.
                if name.hasPrefix("/") { _ = try? run(ForgetDirectory(id: id)) }
            }
        }
        try body()
    }

    func disk(_ text: String) throws -> Disk.ID { try ask(Find.disk(text)) }

    func job(_ text: String) throws -> Job.ID { try ask(Find.job(text)) }

    func snapshot(_ text: String, of vm: VirtualMachine.ID) throws -> Snapshot.ID {
        try ask(Find.snapshot(text, of: vm))
    }

    /// The storage domains' names.
    func domainNames() throws -> [StorageDomain.ID: String] {
        try ask(StorageDomainNames())
    }
}

extension VMConfiguration {
    /// The one of a VM's own disks that a person means, whatever disks other VMs have.
    ///
    /// - Throws: `EngineError` when there is none, or more than one.
    func disk(_ text: String) throws(EngineError) -> Disk.ID {
        let named = disks.map(\.disk).filter { $0.alias == text }
        let prefixed = disks.map(\.disk).filter {
            text.count >= 4 && $0.id.rawValue.hasPrefix(text)
        }
        let found = named.isEmpty ? prefixed : named
        guard found.count < 2 else { throw .ambiguous(text, found.map(\.id.rawValue)) }
        guard let disk = found.first else { throw EngineError(.notFound("disk", text, of: name)) }
        return disk.id
    }
}

extension EngineError {
    fileprivate static func ambiguous(_ text: String, _ ids: [String]) -> EngineError {
        let list = ids.joined(separator: ", ")
        let sentence = "'\(text)' names \(ids.count) disks: \(list)."
        return EngineError(Refusal("AMBIGUOUS_NAME", .badRequest, sentence))
    }
}
