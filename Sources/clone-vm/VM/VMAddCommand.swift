// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// `clone-vm vm add`.
struct VMAddCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes a VM without disks.",
        usage: "clone-vm vm add <name> [<options>]",
        discussion: """
            Example:
              clone-vm vm add web --memory 2G --cores 2 --nic nic1 --nic nic2
            """
    )

    @Argument(help: "What to call it: letters, digits and . _ - +")
    var name: String

    @Option(help: ArgumentHelp("The guest's memory, as in 512M or 2G.", valueName: "size"))
    var memory: ByteCount?

    @Option(help: ArgumentHelp("Sockets with processors.", valueName: "n"))
    var sockets = 1

    @Option(help: ArgumentHelp("Cores of each socket.", valueName: "n"))
    var cores = 1

    @Option(help: ArgumentHelp("Threads of each core.", valueName: "n"))
    var threads = 1

    @Option(help: "What starts the guest.")
    var firmware = VirtualMachine.Firmware.bios

    @Option(help: ArgumentHelp("What people should know of it.", valueName: "text"))
    var description = ""

    @Option(help: ArgumentHelp("Give it a network card. May be repeated.", valueName: "name"))
    var nic: [String] = []

    @OptionGroup var common: CommonOptions

    func run(with client: Client) throws {
        let vm = try client.run(AddVM(name: name, details: details))
        do {
            for name in nic { try client.run(AddNIC(vmID: vm.id, name: name)) }
        } catch {
            try client.run(RemoveVM(id: vm.id))
            throw error
        }
        client.show(VMDocument(vm), "VM \(name) added: \(vm.id)")
    }

    private var details: VirtualMachine.Details {
        var details = VirtualMachine.Details()
        (details.description, details.firmware) = (description, firmware)
        details.memoryBytes = memory?.bytes ?? details.memoryBytes
        details.processor.sockets = sockets
        details.processor.coresPerSocket = cores
        details.processor.threadsPerCore = threads
        return details
    }
}
