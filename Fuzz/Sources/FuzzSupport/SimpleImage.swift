// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
package import QCow2

/// What an image says of one sector, found in the plainest way: no runs, no caches, no windows.
///
/// The clever readers must come to the same answer.
package struct SimpleImage {
    package static let sectorBytes = 512

    /// Where a sector's bytes are.
    package enum Place: Hashable {
        case nothing
        case zeros
        case data(UInt64)
        /// A part of the cluster that is compressed here.
        case compressed(offset: UInt64, byteCount: UInt64)
        case damaged
    }

    private let header: Header
    private let metadata: SparseFile
    private let clusters: SparseFile
    private let salvages: Bool

    package init(
        header: Header,
        metadata: SparseFile,
        clusters: SparseFile,
        salvages: Bool
    ) {
        self.header = header
        self.metadata = metadata
        self.clusters = clusters
        self.salvages = salvages
    }

    private var clusterBytes: UInt64 { 1 << UInt64(header.geometry.clusterBits) }
    private var isExtended: Bool { header.geometry.hasExtendedL2 }
    private var hasDataFile: Bool {
        header.incompatibleFeatures.contains(.externalDataFile)
    }

    /// Where the sector at a guest offset is.
    package func place(of guestOffset: UInt64) -> Place {
        let cluster = guestOffset / clusterBytes
        let entryBytes: UInt64 = isExtended ? 16 : 8
        let entries = clusterBytes / entryBytes
        let table =
            metadata.word(at: header.l1TableOffset + cluster / entries * 8) & 0xff_ffff_ffff_fe00
        // What is wrong here stops an image from being opened, unless damage is passed over.
        guard table != 0, table % clusterBytes == 0, table < metadata.byteCount else {
            return .nothing
        }
        let entry = table + cluster % entries * entryBytes
        let word = metadata.word(at: entry)
        if word >> 62 & 1 == 1 { return compressed(word) }
        return isExtended
            ? subcluster(word, metadata.word(at: entry + 8), guestOffset)
            : standard(word, guestOffset)
    }

    private func compressed(_ word: UInt64) -> Place {
        let offsetBits = UInt64(62 - (header.geometry.clusterBits - 8))
        let offset = word & (1 << offsetBits - 1)
        let sectors = (word & 0x3fff_ffff_ffff_ffff) >> offsetBits + 1
        guard !hasDataFile, offset < metadata.byteCount else { return .damaged }
        return .compressed(offset: offset, byteCount: sectors * 512 - offset % 512)
    }

    private func standard(_ word: UInt64, _ guestOffset: UInt64) -> Place {
        let isZero = word & 1 == 1
        guard !isWrong(word, guestOffset), !isZero || header.version == 3 else { return .damaged }
        if isZero { return .zeros }
        return hasCluster(word) ? data(word, guestOffset) : .nothing
    }

    private func subcluster(_ word: UInt64, _ bitmap: UInt64, _ guestOffset: UInt64) -> Place {
        let (allocated, zeros) = (bitmap & 0xffff_ffff, bitmap >> 32)
        guard !isWrong(word, guestOffset), word & 1 == 0 || salvages, allocated & zeros == 0,
            allocated == 0 || hasCluster(word)
        else { return .damaged }
        let number = guestOffset % clusterBytes / (clusterBytes / 32)
        if zeros >> number & 1 == 1 { return .zeros }
        return allocated >> number & 1 == 1 ? data(word, guestOffset) : .nothing
    }

    /// True when the entry contradicts the format, whatever it is used for.
    private func isWrong(_ word: UInt64, _ guestOffset: UInt64) -> Bool {
        let offset = word & 0xff_ffff_ffff_fe00
        let isPlainZero = !isExtended && offset == 0 && word & 1 == 1
        return (!salvages && word & 0x3f00_0000_0000_01fe != 0) || offset % clusterBytes != 0
            || (hasDataFile && hasCluster(word) && !isPlainZero
                && offset != guestOffset / clusterBytes * clusterBytes)
    }

    private func hasCluster(_ word: UInt64) -> Bool {
        word & 0xff_ffff_ffff_fe00 != 0 || (hasDataFile && word >> 63 == 1)
    }

    private func data(_ word: UInt64, _ guestOffset: UInt64) -> Place {
        let offset = word & 0xff_ffff_ffff_fe00
        return offset < clusters.byteCount ? .data(offset + guestOffset % clusterBytes) : .damaged
    }

    /// The bytes of a sector at this place; nil when they cannot be had.
    package func bytes(at place: Place, of guestOffset: UInt64) -> [UInt8]? {
        switch place {
        case .nothing, .damaged: nil
        case .zeros: Array(repeating: 0, count: SimpleImage.sectorBytes)
        case .data(let offset): clusters.array(at: offset, count: SimpleImage.sectorBytes)
        case .compressed(let offset, let byteCount):
            inflated(offset, byteCount).map { cluster in
                let start = Int(guestOffset % clusterBytes)
                return Array(cluster[start..<(start + SimpleImage.sectorBytes)])
            }
        }
    }

    private func inflated(_ offset: UInt64, _ byteCount: UInt64) -> [UInt8]? {
        let count = Int(min(byteCount, clusters.byteCount - offset))
        let (input, output) = (
            IOBuffer(byteCount: count), IOBuffer(byteCount: Int(clusterBytes))
        )
        guard (try? clusters.read(at: offset, into: input, 0..<count)) != nil else { return nil }
        let whole = 0..<output.byteCount
        let verdict = input.withBytes(0..<count) { source in
            output.withMutableBytes(whole) {
                ClusterDecompressor(header.compressionType).decompress(source, into: &$0)
            }
        }
        return verdict == .damaged ? nil : output.array(whole)
    }
}
