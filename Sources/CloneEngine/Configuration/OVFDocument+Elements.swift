// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension OVFDocument {
    /// What the elements of a document tell, as far as a configuration has it.
    ///
    /// - Throws: `Damage` with the name of the first value that is missing or cannot be read.
    init(_ root: OVFElement) throws(Damage) {
        sections = try Section.all(in: root, CodingKeys.sections)
        content = try Content(root.child(CodingKeys.content))
    }
}

extension OVFDocument.Section {
    fileprivate static func all(
        in element: OVFElement,
        _ key: some CodingKey
    ) throws(OVFDocument.Damage) -> [Self] {
        try element.children(key).map { child throws(OVFDocument.Damage) in try Self(child) }
    }

    private init(_ element: OVFElement) throws(OVFDocument.Damage) {
        (type, id) = (element.string(CodingKeys.type), element.string(CodingKeys.id))
        disks = try element.children(CodingKeys.disks).map { child throws(OVFDocument.Damage) in
            try OVFDocument.Disk(child)
        }
        items = try element.children(CodingKeys.items).map { child throws(OVFDocument.Damage) in
            try OVFItem(child)
        }
    }
}

extension OVFDocument.Disk {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        fileRef = try element.value(CodingKeys.fileRef)
        volumeFormat = element.string(CodingKeys.volumeFormat)
        volumeType = element.string(CodingKeys.volumeType)
        interface = try element.value(CodingKeys.interface)
        isShareable = try element.value(CodingKeys.isShareable)
        alias = try element.value(CodingKeys.alias)
        description = try element.value(CodingKeys.description)
        lunPath = element.string(CodingKeys.lunPath)
        kind = try element.value(CodingKeys.kind)
        capacityBytes = try element.value(CodingKeys.capacityBytes)
        createdAt = try element.value(CodingKeys.createdAt)
    }
}

extension OVFDocument.Content {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        createdAt = try element.value(CodingKeys.createdAt)
        wasRunning = try element.value(CodingKeys.wasRunning)
        name = try element.value(CodingKeys.name)
        description = try element.value(CodingKeys.description)
        biosType = try element.value(CodingKeys.biosType)
        sections = try OVFDocument.Section.all(in: element, CodingKeys.sections)
    }
}

extension OVFItem {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        switch element.string(Processor.CodingKeys.resourceType) {
        case Processor.resourceType: self = .processor(try Processor(element))
        case Memory.resourceType: self = .memory(try Memory(element))
        case Drive.resourceType: self = .drive(try Drive(element))
        case Card.resourceType: self = .card(try Card(element))
        default: self = .other
        }
    }
}

extension OVFItem.Processor {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        sockets = try element.value(CodingKeys.sockets)
        coresPerSocket = try element.value(CodingKeys.coresPerSocket)
        threadsPerCore = try element.value(CodingKeys.threadsPerCore)
    }
}

extension OVFItem.Memory {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        bytes = try element.value(CodingKeys.bytes)
    }
}

extension OVFItem.Drive {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        fileRef = try element.value(CodingKeys.fileRef)
        address = try element.value(CodingKeys.address)
        bootOrder = try element.value(CodingKeys.bootOrder)
        isPlugged = try element.value(CodingKeys.isPlugged)
        isReadOnly = try element.value(CodingKeys.isReadOnly)
    }
}

extension OVFItem.Card {
    fileprivate init(_ element: OVFElement) throws(OVFDocument.Damage) {
        id = try element.value(CodingKeys.id)
        model = try element.value(CodingKeys.model)
        network = element.string(CodingKeys.network)
        name = try element.value(CodingKeys.name)
        macAddress = try element.value(CodingKeys.macAddress)
        address = try element.value(CodingKeys.address)
        isPlugged = try element.value(CodingKeys.isPlugged)
    }
}
