// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension QCow2Image {
    /// What contradicts the format in an entry's bits; nil when nothing does.
    func defect(of entry: DamagedEntry) -> String? {
        if entry.word.has(L2Entry.compressed) { return compressedDefect(of: entry) }
        guard salvages || entry.word & L2Entry.reserved == 0 else {
            return "reserved \(bitList((entry.word & L2Entry.reserved).setBits)) set"
        }
        let offset = entry.word & L2Entry.offset.mask
        guard geometry.isAligned(offset) else { return "its cluster is not cluster-aligned" }
        if entry.word.has(L2Entry.zero) {
            if geometry.hasExtendedL2, !salvages {
                return "bit 0 is set, which extended entries reserve"
            }
            if header.version < 3 { return "the zero flag is set, which version 2 does not have" }
        }
        let isZero = entry.word.has(L2Entry.zero) && !geometry.hasExtendedL2
        let namesCluster = offset != 0 || (entry.word.has(L2Entry.copied) && !isZero)
        if hasDataFile, namesCluster, offset != entry.guestOffset {
            return "its place in the data file differs from its guest offset "
                + hex(entry.guestOffset)
        }
        return geometry.hasExtendedL2 ? bitmapDefect(of: entry) : nil
    }

    private func compressedDefect(of entry: DamagedEntry) -> String? {
        if hasDataFile { return "it is compressed, which an image with a data file may not be" }
        let run = CompressedRun(entry: entry.word, geometry)
        guard run.hostOffset.rawValue < metadata.byteCount else {
            return "its compressed data at \(hex(run.hostOffset.rawValue)) lies beyond the end of "
                + "the file at \(hex(metadata.byteCount))"
        }
        return nil
    }

    private func bitmapDefect(of entry: DamagedEntry) -> String? {
        let (allocated, zeros) = (entry.bitmap & 0xffff_ffff, entry.bitmap >> 32)
        if allocated & zeros != 0 {
            return "its subcluster bitmap \(hex(entry.bitmap)) says both allocated and zero"
        }
        let hasPlace =
            entry.word.has(L2Entry.offset) || (hasDataFile && entry.word.has(L2Entry.copied))
        if allocated != 0, !hasPlace {
            return "its subcluster bitmap \(hex(entry.bitmap)) says allocated, but it has no place"
        }
        return nil
    }

    /// The error that a damaged entry is when its bytes are needed.
    package func error(for entry: DamagedEntry) -> FormatError {
        let place = entry.word & L2Entry.offset.mask
        let finding =
            defect(of: entry)
            ?? "its data at \(hex(place)) lies beyond the end of the file at "
            + "\(hex(clusters.byteCount)): the image is cut short"
        return FormatError(
            .damaged,
            path,
            at: entry.entryOffset,
            "the L2 entry of guest offset \(hex(entry.guestOffset)) is \(hex(entry.word)): \(finding)"
        )
    }
}
