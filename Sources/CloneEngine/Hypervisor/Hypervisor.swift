// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What runs VMs, and knows those that were not made here.
///
/// The engine looks at what it has before it answers or does anything, and keeps a copy of that in
/// its store. Without a hypervisor there are only the engine's own VMs, which it does not run.
package protocol Hypervisor: Sendable {
    /// The name by which the engine tells it from others: for libvirt, its URI.
    var name: String { get }

    /// How long it is waited for when it has gone away while a clone's disks were copied, and a guest
    /// that is to let go of a disk.
    var patience: Duration { get }

    /// All that there is now.
    func inventory() throws(EngineError) -> Inventory

    /// Starts a VM.
    func start(_ id: VirtualMachine.ID) throws(EngineError)

    /// Stops a VM, as its power button does or, by force, as pulling its plug does.
    func stop(_ id: VirtualMachine.ID, isForced: Bool) throws(EngineError)

    /// Freezes some of a VM's disks, all at one moment: each goes on in a new file above the old.
    ///
    /// - Parameters:
    ///   - name: what to call the snapshot.
    ///   - id: the VM.
    ///   - targets: the disks that are frozen, by what the VM calls them; all others are left out.
    ///   - isQuiesced: have the guest write everything that it has in memory, and wait, before.
    /// - Throws: `EngineError`; no disk is frozen then.
    func takeSnapshot(
        _ name: String,
        of id: VirtualMachine.ID,
        targets: Set<String>,
        isQuiesced: Bool
    ) throws(EngineError)

    /// Removes a snapshot: what its images have is merged with those above them, also while the VM runs.
    func deleteSnapshot(_ name: String, of id: VirtualMachine.ID) throws(EngineError)

    /// Shows a disk to a VM's guest, at once where it runs, and whenever it starts.
    func plug(_ definition: String, into id: VirtualMachine.ID) throws(EngineError)

    /// Takes a disk out of a guest's sight, at once where it runs, and whenever it starts.
    ///
    /// - Throws: `EngineError`; the guest keeps the disk then.
    func unplug(_ definition: String, from id: VirtualMachine.ID) throws(EngineError)

    /// How a clone is going to be defined, made of the VM's definition at the time of a snapshot.
    ///
    /// - Throws: `EngineError` when the snapshot is not there any more.
    func draft(_ wish: CloneDraft.Wish) throws(EngineError) -> CloneDraft

    /// Refuses a definition that could not be used; there is nothing of it afterwards.
    func validate(_ draft: CloneDraft) throws(EngineError)

    /// Makes a VM whose disks are complete known; it may be known already.
    func define(_ draft: CloneDraft) throws(EngineError)

    /// Forgets a VM, if it is known; its disks stay.
    func undefine(_ id: VirtualMachine.ID, keepsFirmwareState: Bool) throws(EngineError)

    /// Looks for new files in the pools that have some directories.
    func refresh(_ directories: Set<String>) throws(EngineError)
}
