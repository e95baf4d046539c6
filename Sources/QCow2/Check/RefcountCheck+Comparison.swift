// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension RefcountCheck {
    /// Compares the window's counts with the refcounts that the image has written down.
    ///
    /// - Parameter repairs: lower those that are too high, which does no harm whenever it stops: a
    ///   refcount is written by itself, and no other depends on it.
    /// - Throws: `ImageError` when a refcount block cannot be read or written.
    mutating func compare(repairs: Bool) throws(ImageError) {
        let end = min(counts.window.upperBound, clusterCount)
        let perBlock = stored.clustersPerBlock
        var cluster = counts.window.lowerBound
        while cluster < end {
            let index = cluster / perBlock
            let part = cluster..<min(end, (index + 1) * perBlock)
            switch try stored.block(index) {
            case .success(let block):
                for cluster in part {
                    let said = block.map { $0[cluster % perBlock] } ?? 0
                    try compare(cluster, said: said, repairs)
                }
            case .failure:
                for cluster in part where !repairs {
                    tell("Can't get refcount for cluster \(cluster): Input/output error")
                    report.checkErrors.count()
                }
            }
            cluster = part.upperBound
        }
    }

    private mutating func compare(
        _ cluster: UInt64,
        said: UInt64,
        _ repairs: Bool
    ) throws(ImageError) {
        let found = counts[cluster]
        guard said | found != 0 else { return }
        if !repairs {
            report.imageEndOffset = (cluster + 1) << UInt64(image.geometry.clusterBits)
        }
        guard said != found else { return }
        let finding = "cluster \(cluster) refcount=\(said) reference=\(found)"
        if repairs {
            guard said > found else { return }
            tell("Repairing \(finding)")
            try write(refcount: found, of: cluster)
            report.leaksFixed.count()
            report.leaks -= 1
        } else if said > found {
            tell("Leaked \(finding)")
            report.leaks.count()
        } else {
            tell("ERROR \(finding)")
            report.corruptions.count()
        }
    }

    private mutating func write(refcount: UInt64, of cluster: UInt64) throws(ImageError) {
        let number = cluster % stored.clustersPerBlock
        let block = stored.blockOffset(cluster / stored.clustersPerBlock)
        let bits: UInt64 = 1 << UInt64(image.header.refcountOrder)
        let place = block + number * bits / 8
        defer { stored.forget() }
        guard bits < 8 else {
            var bytes: [UInt8] = []
            bytes.appendBigEndian(refcount)
            return try write(Array(bytes.suffix(Int(bits / 8))), at: place)
        }
        // Its neighbours in the byte stay as they are.
        let byte = try reading { () throws(IOError) in
            try image.metadata.bytes(at: place, count: 1)[0]
        }
        let shift = UInt8(number * bits % 8)
        let mask = UInt8(truncatingIfNeeded: (1 << bits) - 1) << shift
        try write([byte & ~mask | UInt8(truncatingIfNeeded: refcount) << shift], at: place)
    }

    /// Changes bytes of the image.
    func write(_ bytes: [UInt8], at offset: UInt64) throws(ImageError) {
        guard let target else { return }
        try reading { () throws(IOError) in try target.write(bytes, at: offset) }
    }

    /// Returns when all changes are on stable storage.
    func flush() throws(ImageError) {
        guard let target else { return }
        try reading { () throws(IOError) in try target.flush() }
    }

    /// Takes back what the header says of a program that did not close the image, or found damage.
    func markClean() throws(ImageError) {
        let marks: IncompatibleFeatures = [.dirty, .corrupt]
        let features = image.header.incompatibleFeatures
        try flush()
        guard !features.isDisjoint(with: marks) else { return }
        var bytes: [UInt8] = []
        bytes.appendBigEndian(features.subtracting(marks).rawValue)
        try write(bytes, at: Header.incompatibleFeaturesOffset)
        try flush()
    }
}
