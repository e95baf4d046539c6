// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

package import DiskIO

/// Compares what an image's tables refer to with the refcounts that the image has written down.
///
/// The file is looked at in windows of clusters; for each, all tables are read once, so that memory
/// has a bound whatever the file's size: a few hundred megabytes.
package struct RefcountCheck {
    /// QEMU checks no longer files.
    private static let maximumClusters: UInt64 = 1 << 31 - 1

    let image: QCow2Image
    /// Where repairs go; nil when nothing is to be changed.
    let target: (any BlockTarget)?
    /// Told of each finding, in QEMU's words.
    let tell: (String) -> Void
    var report = CheckReport()
    var stored: StoredRefcounts
    var counts: ReferenceCounts
    /// The clusters that the file has; one more when something reaches behind an end that is cut
    /// short.
    var clusterCount: UInt64
    /// No reference reaches further.
    private let clusterLimit: UInt64
    /// So many clusters are looked at in one pass.
    let windowClusters: UInt64
    /// True while the tables are read for the first time: what is wrong with them is told once.
    private(set) var isFirstLook = true

    /// A check of an open image.
    ///
    /// - Parameters:
    ///   - image: the image; its data file is not looked at.
    ///   - windowClusters: how many clusters are looked at in one pass over the tables.
    ///   - target: the image file, open for writing and locked, when leaks are to be repaired.
    ///   - tell: is told of each finding.
    /// - Throws: `ImageError` when the refcount table cannot be read, or the file is too long.
    package init(
        of image: QCow2Image,
        windowClusters: UInt64 = ReferenceCounts.windowClusters,
        repairing target: (any BlockTarget)? = nil,
        tell: @escaping (String) -> Void
    ) throws(ImageError) {
        self.image = image
        self.target = target
        self.windowClusters = windowClusters
        self.tell = tell
        let clusterBytes = image.geometry.clusterBytes
        let fileBytes = image.metadata.byteCount
        clusterCount = fileBytes / clusterBytes + (fileBytes % clusterBytes == 0 ? 0 : 1)
        guard clusterCount <= RefcountCheck.maximumClusters else {
            throw .format(
                FormatError(
                    .overLimit,
                    image.path,
                    at: fileBytes,
                    "the file has \(clusterCount) clusters: 2147483647 is the limit"
                )
            )
        }
        clusterLimit = clusterCount + 1
        report.totalClusters =
            (image.header.diskBytes + clusterBytes - 1) >> UInt64(image.geometry.clusterBits)
        report.imageEndOffset = clusterBytes
        stored = try StoredRefcounts(of: image)
        counts = ReferenceCounts(window: 0..<0, refcountOrder: image.header.refcountOrder)
    }

    /// Checks, and repairs leaks where nothing else is wrong.
    ///
    /// - Throws: `ImageError` when something cannot be read or written.
    package mutating func run() throws(ImageError) -> CheckReport {
        try forEachWindow { (check) throws(ImageError) in try check.compare(repairs: false) }
        if target != nil, report.isSound, report.leaks > 0 {
            try forEachWindow { (check) throws(ImageError) in try check.compare(repairs: true) }
            try flush()
        }
        try checkCopiedFlags()
        if target != nil, report.isSound { try markClean() }
        return report
    }

    /// Counts the references to the clusters of one window after the other.
    private mutating func forEachWindow(
        _ body: (inout RefcountCheck) throws(ImageError) -> Void
    ) throws(ImageError) {
        var start: UInt64 = 0
        while start < clusterCount {
            let window = start..<min(start + windowClusters, clusterLimit)
            if counts.window != window {
                counts = ReferenceCounts(
                    window: window,
                    refcountOrder: image.header.refcountOrder
                )
                try countReferences()
                isFirstLook = false
            }
            try body(&self)
            start = window.upperBound
        }
    }

    /// Tells of something that is wrong with the tables, and counts it so often as it is referred to.
    mutating func fault(_ finding: String, times: UInt64 = 1) {
        guard isFirstLook else { return }
        tell(finding)
        report.corruptions.count(times)
    }

    /// Counts references to the clusters of a range of the file.
    mutating func count(
        at offset: UInt64,
        _ byteCount: UInt64,
        times: UInt64 = 1
    ) throws(ImageError) {
        guard byteCount > 0 else { return }
        let fileBytes = image.metadata.byteCount
        let clusterBytes = image.geometry.clusterBytes
        let (end, overflow) = offset.addingReportingOverflow(byteCount)
        guard !overflow, end <= fileBytes || end - fileBytes < clusterBytes else {
            return fault(
                "ERROR: counting reference for region exceeding the end of the file by one cluster "
                    + "or more: offset \(hex(offset)) size \(hex(byteCount))",
                times: times
            )
        }
        let shift = UInt64(image.geometry.clusterBits)
        for cluster in offset >> shift...(end - 1) >> shift {
            try count(cluster: cluster, times)
        }
    }

    /// Counts references to a cluster.
    mutating func count(cluster: UInt64, _ times: UInt64) throws(ImageError) {
        if cluster >= clusterCount { clusterCount = cluster + 1 }
        guard counts.window.contains(cluster) else { return }
        let excess: UInt64
        do throws(ReferenceCounts.TooManyLargeCounts) {
            excess = try counts.add(times, to: cluster)
        } catch {
            throw image.overLimit(
                cluster << UInt64(image.geometry.clusterBits),
                "too many clusters are referred to more than 65534 times"
            )
        }
        guard excess > 0 else { return }
        let offset = cluster << UInt64(image.geometry.clusterBits)
        report.corruptions.count(excess)
        tell("ERROR: overflow cluster offset=\(hex(offset))")
        tell(
            "Increase the refcount entry width or create a clean copy if the image cannot be opened "
                + "for writing"
        )
    }
}

extension QCow2Image {
    func overLimit(_ offset: UInt64, _ finding: String) -> ImageError {
        .format(FormatError(.overLimit, path, at: offset, finding))
    }
}
