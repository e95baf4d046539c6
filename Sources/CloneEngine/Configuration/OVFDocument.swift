// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A VM's configuration as XML, in the shape of oVirt's OVF.
///
/// What stands in `clone:` is what oVirt rounds or does not write at all. A key with a prefix other
/// than `rasd:` is an attribute. Optional fields are for other readers: we do not look at them.
struct OVFDocument: Encodable {
    var version: String? = "4.4.0.0"
    var ovf: String? = "http://schemas.dmtf.org/ovf/envelope/1/"
    var rasd: String? =
        "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
    var xsi: String? = "http://www.w3.org/2001/XMLSchema-instance"
    var clone: String? = "urn:clone-image:configuration"
    var references: References?
    var sections: [Section]
    var content: Content

    enum CodingKeys: String, CodingKey {
        case version = "ovf:version"
        case ovf = "xmlns:ovf"
        case rasd = "xmlns:rasd"
        case xsi = "xmlns:xsi"
        case clone = "xmlns:clone"
        case references = "References"
        case sections = "Section"
        case content = "Content"
    }
}

extension OVFDocument {
    /// The files of the disks.
    struct References: Encodable {
        var files: [File]

        enum CodingKeys: String, CodingKey {
            case files = "File"
        }
    }

    struct File: Encodable {
        var href: String
        var id: String
        var storageType: String

        enum CodingKeys: String, CodingKey {
            case href = "ovf:href"
            case id = "ovf:id"
            case storageType = "ovf:disk_storage_type"
        }
    }

    /// A section of any kind: its type says which of the fields there are.
    struct Section: Encodable {
        var type: String?
        var id: String?
        var info: String?
        var disks: [Disk] = []
        var items: [OVFItem] = []

        enum CodingKeys: String, CodingKey {
            case type = "xsi:type"
            case id = "ovf:id"
            case info = "Info"
            case disks = "Disk"
            case items = "Item"
        }
    }

    /// What a disk is, whoever has it attached.
    struct Disk: Encodable {
        /// The disk's id, and that of its volume behind a slash.
        var fileRef: String
        var diskID: String?
        var gibibytes: UInt64?
        var format: String? = "http://www.vmware.com/specifications/vmdk.html#sparse"
        var volumeFormat: String?
        var volumeType: String?
        var interface: String
        var isShareable: Bool
        var alias: String
        var description: String
        var lunPath: String?
        var kind: String
        var capacityBytes: UInt64
        var createdAt: Int64

        enum CodingKeys: String, CodingKey {
            case fileRef = "ovf:fileRef"
            case diskID = "ovf:diskId"
            case gibibytes = "ovf:size"
            case format = "ovf:format"
            case volumeFormat = "ovf:volume-format"
            case volumeType = "ovf:volume-type"
            case interface = "ovf:disk-interface"
            case isShareable = "ovf:shareable"
            case alias = "ovf:disk-alias"
            case description = "ovf:disk-description"
            case lunPath = "ovf:lun_id"
            case kind = "clone:kind"
            case capacityBytes = "clone:capacityBytes"
            case createdAt = "clone:createdAtMilliseconds"
        }
    }

    /// The VM itself.
    struct Content: Encodable {
        var id: String? = "out"
        var type: String? = "ovf:VirtualSystem_Type"
        var createdAt: Int64
        var wasRunning: Bool
        var name: String
        var description: String
        var creationDate: String?
        var biosType: String
        var sections: [Section]

        enum CodingKeys: String, CodingKey {
            case id = "ovf:id"
            case type = "xsi:type"
            case createdAt = "clone:createdAtMilliseconds"
            case wasRunning = "clone:wasRunning"
            case name = "Name"
            case description = "Description"
            case creationDate = "CreationDate"
            case biosType = "BiosType"
            case sections = "Section"
        }
    }
}
