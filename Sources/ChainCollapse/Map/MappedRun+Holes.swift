// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

extension [MappedRun] {
    /// Smaller holes are read: that takes less time than to go around them.
    private static var minimumHoleBytes: UInt64 { 64 << 10 }

    /// The same runs of a layer, with zeros for data that is a hole in its file.
    func withoutHoles(of layer: Layer) throws(CollapseError) -> [MappedRun] {
        var result: [MappedRun] = []
        for run in self {
            guard case .data(let host) = run.mapping else {
                result.append(run)
                continue
            }
            try result.append(partsOf: run, host, layer.data)
        }
        return result
    }

    /// Appends a run of data, cut where the file has holes.
    private mutating func append(
        partsOf run: MappedRun,
        _ host: HostOffset,
        _ file: any BlockSource
    ) throws(CollapseError) {
        func part(_ range: Range<UInt64>, _ mapping: Mapping) -> MappedRun {
            MappedRun(
                guestOffset: run.guestOffset + range.lowerBound,
                byteCount: UInt64(range.count),
                mapping: mapping
            )
        }
        func data(_ range: Range<UInt64>) -> MappedRun {
            part(range, .data(host.advanced(by: range.lowerBound)))
        }
        let start = host.rawValue
        // All but the data that was found last has been appended.
        var found: Range<UInt64> = 0..<0
        while found.upperBound < run.byteCount {
            let next = try usingDisk { () throws(IOError) in
                try file.nextData(at: start + found.upperBound)
            }
            let limits = start..<(start + run.byteCount)
            let end = limits.upperBound
            let nextData = (next ?? end..<end).clamped(to: limits)
            let hole = found.upperBound..<(nextData.lowerBound - start)
            if UInt64(hole.count) >= Self.minimumHoleBytes {
                if !found.isEmpty { append(data(found)) }
                append(part(hole, .zeros))
                found = hole.upperBound..<hole.upperBound
            }
            found = found.lowerBound..<(nextData.upperBound - start)
        }
        if !found.isEmpty { append(data(found)) }
    }
}
