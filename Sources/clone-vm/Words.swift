// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

// The engine's words are those of the command line.
extension Volume.Format: ExpressibleByArgument {}
extension Volume.Allocation: ExpressibleByArgument {}
extension DiskAttachment.Interface: ExpressibleByArgument {}
extension NetworkInterface.Model: ExpressibleByArgument {}
extension VirtualMachine.Firmware: ExpressibleByArgument {}
extension CloneVMFromSnapshot.SharedDisks: ExpressibleByArgument {}

extension MACAddress: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
