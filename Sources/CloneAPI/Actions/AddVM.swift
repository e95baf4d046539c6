// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension RouteTable {
    /// Makes a VM, empty or from a snapshot.
    @Sendable static func addVM(_ call: Call) async throws -> Answer {
        let document = try call.document("vm")
        let cluster = document["cluster"]
        // An empty name is there, and refused as such.
        let missing = [
            document["name"] == nil ? "name" : nil,
            cluster?.id == nil && cluster?.text("name") == nil ? "cluster.id|name" : nil,
        ].compactMap { $0 }
        guard missing.isEmpty else {
            throw Fault.incomplete("Vm", missing.joined(separator: ", "), for: "add")
        }
        try checkPlaces(document)
        guard document["snapshots"] != nil else {
            return try await Workers.perform { try addEmptyVM(document, call) }
        }
        let wish = try await Workers.perform { try CloneWish(document, call).wish }
        return try await startClone(wish, call)
    }

    /// Starts a clone; waits for its end when the client expects a VM that is complete.
    static func startClone(_ wish: CloneVMFromSnapshot, _ call: Call) async throws -> Answer {
        let job = try await Workers.perform { try call.engine.start(wish, as: call.session) }
        let isAwaited = call.headers[.expect]?.lowercased().contains("201-created") == true
        if isAwaited { try await job.finish() }
        guard let id = job.job.vmID else { throw Fault.notFound("Vm", wish.name) }
        var element = try await Workers.look { try call.ask(GetVM(id)).element }
        if !isAwaited { element.add(creationStatus(of: job.job, id)) }
        return isAwaited ? .created(element) : .accepted(element)
    }

    private static func creationStatus(
        of job: Job,
        _ vm: VirtualMachine.ID
    ) -> [Element] {
        [
            Element("creation_status", "pending"),
            .link("creation_status", "\(Address.vm(vm))/creation_status/\(job.id)"),
        ]
    }

    /// Refuses clusters and templates that are not there.
    private static func checkPlaces(_ document: Element) throws(Fault) {
        let cluster = document["cluster"]
        let isHere =
            cluster?.id.map { $0 == Constants.clusterID }
            ?? (cluster?.text("name")?.lowercased() == Constants.defaultName.lowercased())
        guard isHere else {
            throw Fault(
                .badRequest,
                "Operation Failed",
                "[Cannot add VM. The relevant Cluster doesn't exist.]"
            )
        }
        guard let template = document["template"] else { return }
        let isBlank =
            template.id.map { $0 == Constants.blankTemplateID }
            ?? (template.text("name").map { $0.lowercased() == "blank" } ?? true)
        guard isBlank else {
            throw .notFound("Template", template.id ?? template.text("name") ?? "")
        }
    }

    private static func addEmptyVM(_ document: Element, _ call: Call) throws -> Answer {
        var details = VirtualMachine.Details()
        details.description = document.text("description") ?? ""
        details.memoryBytes = try document.number("memory") ?? details.memoryBytes
        details.processor = try document.processor ?? details.processor
        if let type = document["bios"]?.text("type") {
            details.firmware = type.contains("ovmf") || type.contains("secure") ? .uefi : .bios
        }
        let vm = try call.run(AddVM(name: document.text("name") ?? "", details: details))
        return .created(vm.element)
    }

    /// Clones the present state of a VM: a snapshot is made for that, and goes when it is no longer
    /// needed.
    @Sendable static func cloneVM(_ call: Call) async throws -> Answer {
        let document = try call.document("action")["vm"] ?? Element("vm")
        guard let name = document.text("name") else {
            throw Fault.incomplete("Action", "vm.name", for: "clone")
        }
        let id: VirtualMachine.ID = call.id("vm")
        let snapshot = try await Workers.perform {
            try call.run(CreateSnapshot(vmID: id, description: "Clone of this VM as \(name)"))
        }
        let job: RunningJob
        do {
            job = try await Workers.perform {
                try call.engine.start(
                    CloneVMFromSnapshot(snapshotID: snapshot.id, name: name),
                    as: call.session
                )
            }
        } catch {
            await remove(snapshot, call)
            throw error
        }
        if try call.document("action").flag("async") == true {
            Task {
                try? await job.finish()
                await remove(snapshot, call)
            }
            return Answer(.accepted, .document(Element("action", [Element("status", "pending")])))
        }
        do { try await job.finish() } catch {
            await remove(snapshot, call)
            throw error
        }
        await remove(snapshot, call)
        return .complete
    }

    /// Merges a snapshot that was made for a clone; where that cannot be, it stays, as what it is.
    private static func remove(_ snapshot: Snapshot, _ call: Call) async {
        let job = try? await Workers.perform {
            try call.engine.start(DeleteSnapshot(id: snapshot.id), as: call.session)
        }
        try? await job?.finish()
    }
}

extension Element {
    /// Adds elements behind those that are there.
    mutating func add(_ elements: [Element]) {
        content = .elements(children + elements)
    }
}
