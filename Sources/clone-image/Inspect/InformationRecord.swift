// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import QCow2

/// What an image says of itself, under `qemu-img`'s names and in its order.
struct InformationRecord {
    let image: ImageInformation

    init(_ image: ImageInformation) { self.image = image }

    var value: OutputValue {
        .record([
            ("backing-filename-format", image.backing?.format.map { .text($0) }),
            ("snapshots", list(image.snapshots.map(snapshot))),
            ("virtual-size", .number(image.diskBytes)),
            ("filename", .text(image.path)),
            ("cluster-size", image.details.map { .number($0.clusterBytes) }),
            ("format", .text(image.format.rawValue)),
            ("actual-size", .number(image.allocatedBytes)),
            (
                "format-specific",
                specific.map { .record([("type", .text(image.format.rawValue)), ("data", $0)]) }
            ),
            ("full-backing-filename", (image.backing?.path).map { .text($0) }),
            ("encrypted", image.details?.isEncrypted == true ? .flag(true) : nil),
            ("backing-filename", image.backing.map { .text($0.name) }),
            ("dirty-flag", .flag(image.details?.isDirty ?? false)),
        ])
    }

    /// What only a qcow2 image has.
    var specific: OutputValue? {
        guard let details = image.details else { return nil }
        let isNew = details.version >= 3
        return .record([
            ("compat", .text(isNew ? "1.1" : "0.10")),
            ("compression-type", .text(details.compressionType.name)),
            ("lazy-refcounts", isNew ? .flag(details.hasLazyRefcounts) : nil),
            ("bitmaps", list(details.bitmaps.map(bitmap))),
            ("refcount-bits", .number(UInt64(details.refcountBits))),
            ("data-file", details.dataFile.map { .text($0) }),
            ("encrypt", details.isEncrypted ? encryption(details.luks) : nil),
            ("data-file-raw", details.isDataFileRaw.map { .flag($0) }),
            ("corrupt", isNew ? .flag(details.isCorrupt) : nil),
            ("extended-l2", isNew ? .flag(details.hasExtendedL2) : nil),
        ])
    }

    private func list(_ values: [OutputValue]) -> OutputValue? {
        values.isEmpty ? nil : .list(values)
    }

    private func snapshot(_ snapshot: Snapshot) -> OutputValue {
        .record([
            ("icount", snapshot.instructionCount.map { .number($0) }),
            ("vm-clock-nsec", .number(snapshot.clockNanoseconds % 1_000_000_000)),
            ("name", .text(snapshot.name)),
            ("date-sec", .number(UInt64(snapshot.seconds))),
            ("date-nsec", .number(UInt64(snapshot.nanoseconds))),
            ("vm-clock-sec", .number(snapshot.clockNanoseconds / 1_000_000_000)),
            ("id", .text(snapshot.id)),
            ("vm-state-size", .number(snapshot.vmStateBytes)),
        ])
    }

    private func bitmap(_ bitmap: PersistentBitmap) -> OutputValue {
        let flags = [bitmap.isInUse ? "in-use" : nil, bitmap.isAutomatic ? "auto" : nil]
        return .record([
            ("flags", .list(flags.compactMap { $0.map { .text($0) } })),
            ("name", .text(bitmap.name)),
            ("granularity", .number(bitmap.granularityBytes)),
        ])
    }

    private func encryption(_ luks: LUKSHeader?) -> OutputValue {
        guard let luks else { return .record([("format", .text("aes"))]) }
        return .record([
            ("ivgen-alg", .text(luks.ivGenerator)),
            ("hash-alg", .text(luks.hash)),
            ("cipher-alg", .text(luks.cipher)),
            ("uuid", .text(luks.uuid)),
            ("ivgen-hash-alg", luks.ivHash.map { .text($0) }),
            ("format", .text("luks")),
            ("cipher-mode", .text(luks.cipherMode)),
            ("slots", .list(luks.slots.map(slot))),
            ("payload-offset", .number(luks.payloadOffset)),
            ("master-key-iters", .number(UInt64(luks.masterKeyIterations))),
        ])
    }

    private func slot(_ slot: LUKSHeader.Slot) -> OutputValue {
        .record([
            ("active", .flag(slot.isActive)),
            ("iters", slot.isActive ? .number(UInt64(slot.iterations)) : nil),
            ("key-offset", .number(slot.keyOffset)),
            ("stripes", slot.isActive ? .number(UInt64(slot.stripes)) : nil),
        ])
    }
}
