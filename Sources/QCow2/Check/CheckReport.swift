// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a check of an image found, counted as `qemu-img check` counts it.
public struct CheckReport: Hashable, Sendable {
    /// What contradicts the format, or could harm data with the next write.
    public internal(set) var corruptions: UInt64 = 0
    /// Clusters that count as used, or as used more often, than they are.
    public internal(set) var leaks: UInt64 = 0
    /// What could not be checked.
    public internal(set) var checkErrors: UInt64 = 0
    /// Flags that were put right.
    public internal(set) var corruptionsFixed: UInt64 = 0
    /// Clusters whose count was put right.
    public internal(set) var leaksFixed: UInt64 = 0
    /// The clusters of the disk.
    public internal(set) var totalClusters: UInt64 = 0
    /// Those that the disk's present state has a place for.
    public internal(set) var allocatedClusters: UInt64 = 0
    /// Those that do not lie behind the one before them; all compressed ones count.
    public internal(set) var fragmentedClusters: UInt64 = 0
    /// Those that are compressed.
    public internal(set) var compressedClusters: UInt64 = 0
    /// The end of the last cluster that is in use, in bytes.
    public internal(set) var imageEndOffset: UInt64 = 0

    /// True when nothing is wrong but leaks.
    var isSound: Bool { corruptions == 0 && checkErrors == 0 }

    /// The report of a second check, with what the first one has put right.
    public func afterRepair(by first: CheckReport) -> CheckReport {
        var report = self
        (report.corruptionsFixed, report.leaksFixed) = (first.corruptionsFixed, first.leaksFixed)
        return report
    }
}

extension UInt64 {
    /// Adds what a file may have made large: the sum stops at the end of the range.
    mutating func count(_ number: UInt64 = 1) {
        let (sum, overflow) = addingReportingOverflow(number)
        self = overflow ? .max : sum
    }
}
