// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A device in an OVF document: what it is stands in its resource type.
enum OVFItem: Encodable {
    case processor(Processor)
    case memory(Memory)
    case drive(Drive)
    case card(Card)
    /// One that a configuration does not have.
    case other

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .processor(let item): try item.encode(to: encoder)
        case .memory(let item): try item.encode(to: encoder)
        case .drive(let item): try item.encode(to: encoder)
        case .card(let item): try item.encode(to: encoder)
        case .other: break
        }
    }
}

extension OVFItem {
    struct Processor: Encodable {
        static let resourceType = "3"

        var caption: String?
        var instanceID: String? = "1"
        var resourceType: String? = resourceType
        var sockets: UInt16
        var coresPerSocket: UInt16
        var threadsPerCore: UInt16

        enum CodingKeys: String, CodingKey {
            case caption = "rasd:Caption"
            case instanceID = "rasd:InstanceId"
            case resourceType = "rasd:ResourceType"
            case sockets = "rasd:num_of_sockets"
            case coresPerSocket = "rasd:cpu_per_socket"
            case threadsPerCore = "rasd:threads_per_cpu"
        }
    }

    struct Memory: Encodable {
        static let resourceType = "4"

        var bytes: UInt64
        var caption: String?
        var instanceID: String? = "2"
        var resourceType: String? = resourceType
        var units: String? = "MegaBytes"
        var mebibytes: UInt64?

        enum CodingKeys: String, CodingKey {
            case bytes = "clone:bytes"
            case caption = "rasd:Caption"
            case instanceID = "rasd:InstanceId"
            case resourceType = "rasd:ResourceType"
            case units = "rasd:AllocationUnits"
            case mebibytes = "rasd:VirtualQuantity"
        }
    }

    /// How a VM has a disk attached.
    struct Drive: Encodable {
        static let resourceType = "17"

        var caption: String?
        var instanceID: String?
        var resourceType: String? = resourceType
        var fileRef: String
        var type: String? = "disk"
        var device: String? = "disk"
        var address: String
        /// 0 for a disk that the VM does not start from.
        var bootOrder: Int
        var isPlugged: Bool
        var isReadOnly: Bool

        enum CodingKeys: String, CodingKey {
            case caption = "rasd:Caption"
            case instanceID = "rasd:InstanceId"
            case resourceType = "rasd:ResourceType"
            case fileRef = "rasd:HostResource"
            case type = "Type"
            case device = "Device"
            case address = "rasd:Address"
            case bootOrder = "BootOrder"
            case isPlugged = "IsPlugged"
            case isReadOnly = "IsReadOnly"
        }
    }

    struct Card: Encodable {
        static let resourceType = "10"

        var id: String
        var resourceType: String? = resourceType
        /// oVirt's number of the model.
        var model: Int
        /// The network; missing when the card is in none.
        var network: String?
        var name: String
        var macAddress: String
        var type: String? = "interface"
        var device: String? = "bridge"
        var address: String
        var isPlugged: Bool

        enum CodingKeys: String, CodingKey {
            case id = "rasd:InstanceId"
            case resourceType = "rasd:ResourceType"
            case model = "rasd:ResourceSubType"
            case network = "rasd:Connection"
            case name = "rasd:Name"
            case macAddress = "rasd:MACAddress"
            case type = "Type"
            case device = "Device"
            case address = "rasd:Address"
            case isPlugged = "IsPlugged"
        }
    }
}
