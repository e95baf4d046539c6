// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The transaction that begins a clone: the VM is there, locked, with a job that makes its disks.
struct CloneStart: Command {
    let wish: CloneVMFromSnapshot
    let findings: [Disk.ID: DiskFinding]
    let jobID: Job.ID
    /// The snapshot as the hypervisor that has taken it tells it; nil for one of the engine's own.
    var state: Inventory.State?

    /// Who starts it has looked.
    var looksAtMachines: Bool { false }

    func validate(_ context: CommandContext) throws -> [Refusal] {
        var planner = ClonePlanner(wish, context, findings)
        guard let plan = try planner.plan() else { return planner.refusals }
        // Somebody was faster, and what was found out is not what is there now.
        let isNew = plan.copies.contains { findings[$0.source.disk.id] == nil }
        return planner.refusals + (isNew ? [.changedMeanwhile] : [])
    }

    func run(_ context: CommandContext) throws -> Job {
        var planner = ClonePlanner(wish, context, findings)
        guard let plan = try planner.plan() else { throw EngineError(planner.refusals) }
        let vm = VirtualMachine(
            name: plan.name,
            details: plan.details,
            status: .imageLocked,
            createdAt: context.now,
            hypervisor: plan.source.hypervisor
        )
        try context.insert(vm)
        let addresses = try addNetworkInterfaces(of: plan, to: vm, context)
        let targets = targets(of: plan)
        let copies = try plan.copies.map { copy in
            try addDisk(copy, as: targets[copy.source.disk.id], to: vm, context)
        }
        for shared in plan.sharedDisks {
            var attachment = shared.attachment
            attachment.vmID = vm.id
            attachment.definition = definition(of: shared.disk.id, in: plan)
            try attachment.insert(context.database)
        }
        var work = CloneWork(vmID: vm.id, vmName: vm.name, copies: copies)
        work.machine = machine(plan, copies.map(\.target.path), targets, addresses)
        return try addJob(plan, vm, work, context)
    }

    private func addNetworkInterfaces(
        of plan: ClonePlan,
        to vm: VirtualMachine,
        _ context: CommandContext
    ) throws -> [MACAddress: MACAddress] {
        var addresses: [MACAddress: MACAddress] = [:]
        for card in plan.configuration.networkInterfaces {
            let new = try wish.keepsMACAddresses ? nil : MACPool.standard.next(in: context.database)
            guard let address = new ?? (wish.keepsMACAddresses ? card.macAddress : nil) else {
                throw EngineError(.noMACAddresses)
            }
            try NetworkInterface(
                vmID: vm.id,
                name: card.name,
                macAddress: address,
                model: card.model,
                network: card.network,
                isPlugged: card.isPlugged,
                address: card.address
            ).insert(context.database)
            addresses[card.macAddress] = address
        }
        return addresses
    }

    private func addDisk(
        _ copy: ClonePlan.Copy,
        as target: String?,
        to vm: VirtualMachine,
        _ context: CommandContext
    ) throws -> VolumeCopy {
        var disk = Disk(
            id: target.map { Inventory.Drive.diskID(of: $0, in: vm.id) } ?? Disk.ID(),
            alias: copy.alias,
            description: copy.source.disk.description,
            capacityBytes: copy.chain[0].capacityBytes,
            createdAt: context.now,
            hypervisor: vm.hypervisor
        )
        let id = Volume.ID()
        let volume = Volume(
            id: id,
            diskID: disk.id,
            domainID: copy.domain.id,
            path: try context.path(
                of: id,
                of: disk,
                in: copy.domain,
                copy.shape.format,
                owner: target == nil ? nil : vm
            ),
            format: copy.shape.format,
            allocation: copy.shape.allocation,
            capacityBytes: disk.capacityBytes,
            status: .locked,
            createdAt: context.now
        )
        disk.activeVolumeID = id
        try disk.insert(context.database)
        try volume.insert(context.database)
        try context.give(.diskOperator, on: .disk(disk.id))
        var attachment = copy.attachment
        (attachment.vmID, attachment.diskID) = (vm.id, disk.id)
        try attachment.insert(context.database)
        return VolumeCopy(
            stepID: JobStep.ID(),
            diskAlias: copy.source.disk.alias,
            sourcePaths: copy.chain.map(\.path),
            sourceFormat: copy.chain[0].format,
            basePath: nil,
            target: CopyTarget(volume),
            bytesPerSecond: wish.bytesPerSecond
        )
    }

    private func addJob(
        _ plan: ClonePlan,
        _ vm: VirtualMachine,
        _ work: CloneWork,
        _ context: CommandContext
    ) throws -> Job {
        let job = Job(
            id: jobID,
            description: "Creating VM \(vm.name) from Snapshot \(plan.snapshot.description)",
            userName: context.session.userName,
            correlationID: context.session.correlationID,
            startedAt: context.now,
            isResumable: context.resumesJobs,
            work: .clone(work)
        )
        try job.insert(context.database)
        for (position, (copy, planned)) in zip(work.copies, plan.copies).enumerated() {
            try JobStep(
                id: copy.stepID,
                jobID: jobID,
                position: position,
                description: "Copying disk \(copy.diskAlias) to \(planned.domain.name)",
                totalBytes: planned.requiredBytes
            ).insert(context.database)
        }
        try lock(plan, vm, context)
        try log(plan, vm, context)
        return job
    }

    /// Nobody may change what is read, nor touch what is made.
    private func lock(
        _ plan: ClonePlan,
        _ vm: VirtualMachine,
        _ context: CommandContext
    ) throws {
        let read = Set(
            plan.copies.flatMap(\.chain).map { ObjectReference.volume($0.id) }
                + plan.copies.map { .disk($0.source.disk.id) }
                + plan.domains.map { .domain($0.id) }
        ).union([.snapshot(plan.snapshot.id)])
        for object in read { try Lock(object, .shared, by: jobID).insert(context.database) }
        try Lock(.vm(vm.id), .exclusive, by: jobID).insert(context.database)
    }

    private func log(
        _ plan: ClonePlan,
        _ vm: VirtualMachine,
        _ context: CommandContext
    ) throws {
        var events: [Event.Kind] = [
            .cloneStarted(vm: vm.name, user: context.session.userName)
        ]
        let snapshot = plan.snapshot.description
        if plan.configuration.wasRunning {
            events.append(.memoryNotCloned(snapshot: snapshot, vm: vm.name))
        }
        for disk in plan.missingDisks {
            events.append(
                disk.isWanted
                    ? .diskLeftOut(disk: disk.alias, vm: vm.name, reason: disk.reason)
                    : .diskOmitted(
                        disk: disk.alias,
                        snapshot: snapshot,
                        vm: vm.name,
                        reason: disk.reason
                    )
            )
        }
        for shared in plan.sharedDisks {
            let isPlugged = shared.attachment.isPlugged
            events.append(
                .diskShared(disk: shared.disk.alias, vm: vm.name, isPlugged: isPlugged)
            )
        }
        for event in events { try context.log(event, vm: vm.id, job: jobID) }
    }
}

extension CopyTarget {
    init(_ volume: Volume) {
        (diskID, volumeID, domainID) = (volume.diskID, volume.id, volume.domainID)
        (path, format, allocation) = (volume.path, volume.format, volume.allocation)
        capacityBytes = volume.capacityBytes
    }
}

extension Refusal {
    fileprivate static let changedMeanwhile = Refusal.cannot(
        ClonePlanner.action,
        "OBJECT_LOCKED",
        "The disks of the VM have changed while the clone was prepared. Please try again."
    )
}
