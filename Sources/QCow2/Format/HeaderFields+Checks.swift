// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension HeaderFields {
    func checkVersion() throws(ImageError) {
        guard version == 2 || version == 3 else {
            throw unsupported(4, "qcow2 version \(version): versions 2 and 3 are read")
        }
    }

    func geometry() throws(ImageError) -> Geometry {
        let features = IncompatibleFeatures(rawValue: incompatible)
        let extended = features.contains(.extendedL2)
        guard let geometry = Geometry(clusterBits: clusterBits, hasExtendedL2: extended) else {
            let expected = extended ? "14 to 21 with extended L2 entries" : "9 to 21"
            throw overLimit(
                20,
                "the cluster size is 2^\(clusterBits) bytes: cluster bits \(expected) are read"
            )
        }
        guard headerLength >= (version < 3 ? Header.version2Bytes : Header.version3Bytes),
            headerLength % 8 == 0, UInt64(headerLength) <= geometry.clusterBytes
        else {
            throw damaged(
                100,
                "the header length is \(headerLength): a multiple of 8 from 104 to the cluster "
                    + "size \(geometry.clusterBytes) was expected"
            )
        }
        return geometry
    }

    func encryption(isAccepted: Bool) throws(ImageError) -> EncryptionMethod {
        let method = EncryptionMethod(rawValue: encryptionMethod)
        guard let method, isAccepted || method == .none else {
            let name = method.map { "\($0)".uppercased() } ?? "unknown"
            throw unsupported(
                32,
                "the image is encrypted (method \(encryptionMethod), \(name))",
                remedy: "encrypted images are not read; decrypt it with qemu-img convert first"
            )
        }
        return method
    }

    func checkFeatures() throws(ImageError) {
        let unknown = incompatible & ~IncompatibleFeatures.known.rawValue
        guard unknown == 0 else {
            let known = featureNames()
            let names = unknown.setBits.map { bit in
                "bit \(bit)" + (known[bit].map { " (\($0))" } ?? "")
            }
            throw unsupported(
                72,
                "unknown incompatible features: \(names.joined(separator: ", "))",
                remedy: "a newer program made this image"
            )
        }
        guard refcountOrder <= 6 else {
            throw damaged(96, "the refcount order is \(refcountOrder): 0 to 6 was expected")
        }
        let autoclear = AutoclearFeatures(rawValue: autoclear)
        let features = IncompatibleFeatures(rawValue: incompatible)
        guard !autoclear.contains(.rawExternalData) || features.contains(.externalDataFile) else {
            throw damaged(88, "the external data is said to be raw, but there is no data file")
        }
    }

    /// The names the image itself gives incompatible features, by their bits.
    private func featureNames() -> [Int: String] {
        guard let geometry = Geometry(clusterBits: clusterBits, hasExtendedL2: false),
            let extensions = try? HeaderExtensions(of: self, geometry)
        else { return [:] }
        let rows = extensions.featureNames.filter { $0.group == 0 }
        return Dictionary(
            rows.map { (Int($0.bit), $0.printableName) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func compressionType() throws(ImageError) -> CompressionType {
        guard let type = CompressionType(rawValue: compressionByte) else {
            throw unsupported(
                104,
                "compression type \(compressionByte): 0 (zlib) and 1 (zstd) are read"
            )
        }
        let hasBit = IncompatibleFeatures(rawValue: incompatible).contains(.compressionType)
        guard hasBit == (type != .zlib) else {
            throw damaged(
                headerLength > Header.version3Bytes ? 104 : 72,
                "compression type \(type.name) contradicts incompatible feature bit 3"
            )
        }
        return type
    }

    func checkTables(_ geometry: Geometry) throws(ImageError) {
        try checkL1(geometry)
        let tableBytes = UInt64(refcountTableClusters) << UInt64(geometry.clusterBits)
        guard refcountTableClusters > 0 else { throw damaged(56, "there is no refcount table") }
        guard tableBytes <= Header.maximumRefcountTableBytes else {
            throw overLimit(56, "the refcount table has \(tableBytes) bytes: 8 MiB is the limit")
        }
        guard geometry.isAligned(refcountTableOffset) else {
            throw damaged(
                48,
                "the refcount table's offset \(hex(refcountTableOffset)) is not cluster-aligned"
            )
        }
        guard snapshotCount <= Header.maximumSnapshots else {
            throw overLimit(
                60,
                "there are \(snapshotCount) snapshots: \(Header.maximumSnapshots) is the limit"
            )
        }
        guard snapshotCount == 0 || geometry.isAligned(snapshotTableOffset) else {
            throw damaged(
                64,
                "the snapshot table's offset \(hex(snapshotTableOffset)) is not cluster-aligned"
            )
        }
    }

    private func checkL1(_ geometry: Geometry) throws(ImageError) {
        guard UInt64(l1Entries) <= Header.maximumL1Entries else {
            throw overLimit(36, "the L1 table has \(l1Entries) entries: 4194304 is the limit")
        }
        let needed = geometry.l1Entries(forDiskOf: virtualSize)
        guard needed <= Header.maximumL1Entries else {
            throw overLimit(
                24,
                "a virtual size of \(virtualSize) bytes needs an L1 table of more than 32 MiB"
            )
        }
        guard UInt64(l1Entries) >= needed else {
            throw damaged(
                36,
                "the L1 table has \(l1Entries) entries: the virtual size needs \(needed)"
            )
        }
        guard geometry.isAligned(l1TableOffset) else {
            throw damaged(40, "the L1 table's offset \(hex(l1TableOffset)) is not cluster-aligned")
        }
        let bytes = UInt64(l1Entries) * 8
        guard l1TableOffset <= source.byteCount, bytes <= source.byteCount - l1TableOffset else {
            throw damaged(
                40,
                "the L1 table at \(hex(l1TableOffset)) has \(bytes) bytes, but the file ends at "
                    + hex(source.byteCount)
            )
        }
    }

    func backingName(_ geometry: Geometry) throws(ImageError) -> String? {
        guard backingNameOffset != 0 else { return nil }
        guard backingNameOffset <= geometry.clusterBytes else {
            throw damaged(
                8,
                "the backing file's name is at \(hex(backingNameOffset)), outside the first cluster"
            )
        }
        let room = min(
            UInt64(Header.maximumBackingNameBytes),
            geometry.clusterBytes - backingNameOffset
        )
        guard UInt64(backingNameBytes) <= room else {
            throw damaged(
                16,
                "the backing file's name has \(backingNameBytes) bytes: there is room for \(room)"
            )
        }
        let present = source.byteCount - min(backingNameOffset, source.byteCount)
        guard UInt64(backingNameBytes) <= present else {
            throw damaged(
                16,
                "the backing file's name at \(hex(backingNameOffset)) has \(backingNameBytes) "
                    + "bytes, but the file ends at \(hex(source.byteCount))"
            )
        }
        let (offset, count) = (backingNameOffset, Int(backingNameBytes))
        let bytes = try bytes(at: offset, count: count)
        return count == 0 ? nil : bytes.text(0..<count)
    }
}
