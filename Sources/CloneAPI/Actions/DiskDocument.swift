// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// Understands what a disk's document says of a new disk.
struct DiskDocument {
    /// QEMU's images of qcow2 with clusters of 64 KiB end not far above this.
    private static let maximumBytes: UInt64 = 1 << 50

    private let document: Element
    private let call: Call

    init(_ document: Element, _ call: Call) { (self.document, self.call) = (document, call) }

    /// Makes the disk, for a VM or for nobody yet.
    func make(for vm: VirtualMachine?, _ wish: AttachmentWish) throws -> Disk {
        guard let size: UInt64 = try document.number("provisioned_size"),
            let domain = document.items("storage_domains", "storage_domain").first
        else { throw Fault.incomplete("Disk", "provisioned_size, storage_domains", for: "add") }
        guard size <= DiskDocument.maximumBytes else {
            let most = "at most \(DiskDocument.maximumBytes) bytes"
            throw Fault.badValue("provisioned_size", "\(size)", most)
        }
        let name = document.text("alias") ?? document.text("name")
        var command = AddDisk(
            vmID: vm?.id,
            domainID: try DomainReference(domain, call).id,
            alias: name ?? vm.map { "\($0.name)_Disk" } ?? "",
            capacityBytes: size
        )
        let format: Volume.Format = try document.choice("format") ?? .cow
        let isSparse = try document.flag("sparse") ?? (format == .cow)
        command.shape = VolumeShape(format, isSparse ? .sparse : .preallocated)
        command.isShareable = try document.flag("shareable") ?? false
        command.wish = wish
        return try call.run(command)
    }
}
