// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The one thing that a person means by a name, an id, or the beginning of an id.
package struct Find<Kind: Sendable>: Query {
    /// What is looked for, for messages.
    private let noun: String
    private let table: String
    private let nameColumn: String?
    private let text: String
    /// The VM that it belongs to; nil for any.
    private let vmID: VirtualMachine.ID?
    /// Those that the session may see.
    private let visible: @Sendable (Visibility) -> SQL

    package var looksAtMachines: Bool { table != "job" }

    /// Beginnings of ids that are shorter than this are names only.
    private static var minimumPrefix: Int { 4 }

    package func answer(_ context: CommandContext) throws -> Identifier<Kind> {
        let ids = try candidates(context)
        guard ids.count < 2 else {
            throw EngineError(
                Refusal(
                    "AMBIGUOUS_NAME",
                    .badRequest,
                    "'\(text)' names \(ids.count) \(noun)s: \(ids.joined(separator: ", "))."
                )
            )
        }
        guard let id = ids.first else {
            let vm = try vmID.flatMap(context.vm)
            throw EngineError(.notFound(noun, text, of: vm?.name))
        }
        return Identifier(rawValue: id)
    }

    private func candidates(_ context: CommandContext) throws -> [String] {
        if let nameColumn {
            let named = try ids(context, "\(sql: nameColumn) = \(text)")
            if !named.isEmpty { return named }
        }
        guard text.count >= Find.minimumPrefix else { return [] }
        // By range, so that the index is used, and no character of the text means anything else.
        return try ids(context, "id >= \(text) AND id < \(text) || x'7f'")
    }

    private func ids(_ context: CommandContext, _ condition: SQL) throws -> [String] {
        let ofVM: SQL = vmID.map { "vmID = \($0)" } ?? "TRUE"
        return try SQLRequest<String>(
            literal: """
                SELECT id FROM \(sql: table)
                WHERE \(condition) AND \(ofVM) AND \(visible(Visibility(context))) LIMIT 10
                """
        ).fetchAll(context.database)
    }
}

extension Find<VirtualMachine> {
    /// A VM by its name or id.
    package static func vm(_ text: String) -> Self {
        Self(noun: "VM", table: "virtualMachine", nameColumn: "name", text: text, vmID: nil) {
            $0.vms("id")
        }
    }
}

extension Find<StorageDomain> {
    /// A storage domain by its name or id.
    package static func domain(_ text: String) -> Self {
        let table = "storageDomain"
        return Self(noun: "storage domain", table: table, nameColumn: "name", text: text, vmID: nil)
        {
            $0.domains("id")
        }
    }
}

extension Find<Disk> {
    /// A disk by its alias or id.
    package static func disk(_ text: String) -> Self {
        Self(noun: "disk", table: "disk", nameColumn: "alias", text: text, vmID: nil) {
            $0.disks("id")
        }
    }
}

extension Find<Snapshot> {
    /// A snapshot of a VM by its description or id.
    package static func snapshot(_ text: String, of vm: VirtualMachine.ID) -> Self {
        Self(noun: "snapshot", table: "snapshot", nameColumn: "description", text: text, vmID: vm) {
            $0.snapshots("id")
        }
    }
}

extension Find<Job> {
    /// A job by its id.
    package static func job(_ text: String) -> Self {
        Self(noun: "job", table: "job", nameColumn: nil, text: text, vmID: nil, visible: \.jobs)
    }
}
