// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What documents that are sent look like.
enum DocumentSchemas {
    static let all: [String: JSON] = [
        "action": object("action", ["async": flag, "vm": reference("vm")]),
        "disk": object(
            "disk",
            [
                "id": attribute, "alias": text, "name": text, "image_id": text,
                "format": choice("cow", "raw"), "sparse": flag, "shareable": flag,
                "provisioned_size": number,
                "storage_domains": list("storage_domain", reference("storage_domain")),
            ]
        ),
        "disk_attachment": object(
            "disk_attachment",
            [
                "active": flag, "bootable": flag, "read_only": flag, "included": flag,
                "interface": choice("ide", "sata", "virtio", "virtio_scsi"),
                "disk": reference("disk"),
            ]
        ),
        "fault": object("fault", ["detail": text, "reason": text]),
        "nic": object(
            "nic",
            [
                "name": text, "interface": choice("virtio", "e1000", "e1000e", "rtl8139"),
                "mac": object("mac", ["address": text]),
                "network": named("network"), "vnic_profile": named("vnic_profile"),
            ]
        ),
        "permission": object(
            "permission",
            ["role": named("role"), "user": object("user", ["id": attribute, "user_name": text])]
        ),
        "snapshot": object(
            "snapshot",
            ["id": attribute, "description": text, "persist_memorystate": flag]
        ),
        "storage_domain": object(
            "storage_domain",
            [
                "id": attribute, "name": text,
                "storage": object("storage", ["path": text, "type": text]),
            ]
        ),
        "vm": object(
            "vm",
            [
                "name": text, "description": text, "memory": number,
                "cpu": object("cpu", ["topology": topology]),
                "bios": object("bios", ["type": text]),
                "cluster": named("cluster"), "template": named("template"),
                "snapshots": list("snapshot", reference("snapshot")),
                "disk_attachments": list("disk_attachment", reference("disk_attachment")),
            ]
        ),
    ]

    private static let text: JSON = ["type": "string"]
    private static let number: JSON = ["type": "integer"]
    private static let flag: JSON = ["type": "boolean"]
    private static let attribute: JSON = ["type": "string", "xml": ["attribute": true]]
    private static let topology = object(
        "topology",
        ["cores": number, "sockets": number, "threads": number]
    )

    private static func object(_ name: String, _ properties: [String: JSON]) -> JSON {
        ["type": "object", "xml": ["name": .string(name)], "properties": .object(properties)]
    }

    private static func named(_ name: String) -> JSON {
        object(name, ["id": attribute, "name": text])
    }

    private static func reference(_ name: String) -> JSON {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    /// A collection: an object with one array.
    private static func list(_ kind: String, _ item: JSON) -> JSON {
        ["type": "object", "properties": [kind: ["type": "array", "items": item]]]
    }

    private static func choice(_ words: String...) -> JSON {
        ["type": "string", "enum": .array(words.map(JSON.string))]
    }
}
