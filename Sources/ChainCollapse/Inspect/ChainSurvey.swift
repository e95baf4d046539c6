// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

private typealias OpenLayer = Layer

/// What a chain is made of, how much of each layer can still be seen from the top, and what a
/// collapse of it would do.
public struct ChainSurvey: Hashable, Sendable {
    /// One file of the chain and what it contributes.
    public struct Layer: Hashable, Sendable {
        /// The layer's file.
        public let path: String
        /// Its format.
        public let format: ImageFormat
        /// The size of the layer's disk, in bytes.
        public let diskBytes: UInt64
        /// What its files occupy on their file systems, in bytes.
        public let fileBytes: UInt64
        /// Guest bytes for which the layer itself has data, whoever hides them.
        public var dataBytes: UInt64 { dataBytesByPart.reduce(0, +) }
        /// Those of them that a guest of the top reads.
        public var visibleBytes: UInt64 { visibleBytesByPart.reduce(0, +) }
        /// The same for each part of the disk.
        public fileprivate(set) var dataBytesByPart: [UInt64]
        /// The same for each part of the disk.
        public fileprivate(set) var visibleBytesByPart: [UInt64]
        /// The names of its internal snapshots, which no collapse takes over.
        public let snapshots: [String]
        /// How it names its backing file; nil at the chain's end.
        public let backingName: String?
        /// True when another program writes to it.
        public let isLive: Bool
    }

    /// The size of the disk, in bytes.
    public let diskBytes: UInt64
    /// The layers, the oldest first.
    public private(set) var layers: [Layer]
    /// The bytes a collapse reads.
    public private(set) var readBytes: UInt64 = 0
    /// The bytes it writes to a raw image; fewer where data turns out to be zeros.
    public private(set) var writtenBytes: UInt64 = 0
    /// What is to be had by a collapse and the removal of all layers, in bytes; 0 when the copy takes
    /// more than they do.
    public var savedBytes: UInt64 {
        let fileBytes = layers.reduce(0) { $0 + $1.fileBytes }
        return fileBytes - min(fileBytes, writtenBytes)
    }
    /// What a user should know of the chain, one sentence each.
    public private(set) var warnings: [String] = []
    /// Why the chain goes on below the layers and what is there is not known; nil when all is known.
    public let failure: CollapseError?

    /// Looks at a chain; beside running machines too, as nothing but tables is read.
    ///
    /// - Parameters:
    ///   - path: the top image.
    ///   - format: its format; guessed from its first bytes when nil.
    ///   - partCount: so many equal parts of the disk are told apart.
    ///   - keepsOpenLayers: where a lower layer cannot be opened, tell of those above it and of the
    ///     failure.
    /// - Throws: `CollapseError`.
    public init(
        of path: String,
        format: ImageFormat? = nil,
        partCount: Int = 1,
        keepsOpenLayers: Bool = false
    ) throws(CollapseError) {
        precondition(partCount > 0, "a disk has at least one part")
        var policy = ChainPolicy(
            allowedBacking: .anyLocal,
            trustsProbedFormats: true,
            sharesWithWriters: true
        )
        policy.keepsOpenLayers = keepsOpenLayers
        let chain = try ImageChain(top: path, format: format, policy: policy)
        failure = chain.failure
        diskBytes = chain.diskBytes
        var counts: [[UInt64]] = []
        for layer in chain.layers {
            var parts = DiskParts(count: partCount, layers: 1, diskBytes: diskBytes)
            try parts.count(Provenance(ImageChain(layers: [layer]), 0..<diskBytes))
            counts.append(parts.bytes[0])
        }
        var visible = DiskParts(count: partCount, layers: chain.layers.count, diskBytes: diskBytes)
        try visible.count(Provenance(chain))
        readBytes = visible.readBytes
        writtenBytes = visible.dataBytes
        layers = []
        for (layer, (own, seen)) in zip(chain.layers, zip(counts, visible.bytes)) {
            layers.append(try Layer(layer, own, seen))
        }
        warnings = chain.findings
        layers.reverse()
    }
}

extension ChainSurvey.Layer {
    fileprivate init(
        _ layer: OpenLayer,
        _ dataBytesByPart: [UInt64],
        _ visibleBytesByPart: [UInt64]
    ) throws(CollapseError) {
        path = layer.path
        format = layer.format
        diskBytes = layer.diskBytes
        fileBytes = try usingDisk { () throws(IOError) in
            var sum: UInt64 = 0
            for file in layer.files { sum += try file.allocatedBytes() }
            return sum
        }
        self.dataBytesByPart = dataBytesByPart
        self.visibleBytesByPart = visibleBytesByPart
        snapshots = try readingImage { () throws(ImageError) in
            try layer.image?.snapshots().map(\.name) ?? []
        }
        backingName = layer.image?.header.backingName
        isLive = layer.isLive
    }
}

extension ImageChain {
    /// What a user should know of the layers and how they name each other, one sentence each.
    fileprivate var findings: [String] {
        layers.indices.flatMap { index -> [String] in
            let layer = layers[index]
            var findings: [String] = []
            if layer.isLive { findings.append("a running VM or another program writes to it") }
            if let header = layer.image?.header, let name = header.backingName {
                if name.hasPrefix("/") {
                    findings.append(
                        "it names its backing file by the absolute path \(name), so that the chain "
                            + "breaks when it is moved"
                    )
                }
                if header.extensions.backingFormat == nil {
                    findings.append(
                        "it does not record its backing file's format, which a guest could then forge"
                    )
                }
            }
            if index > 0, layer.diskBytes < layers[index - 1].diskBytes {
                findings.append(
                    "its disk of \(layer.diskBytes) bytes is shorter than the \(layers[index - 1].diskBytes) "
                        + "bytes above it; the rest reads as zeros"
                )
            }
            if let finding = layer.countsFinding { findings.append(finding) }
            return findings.map { "\(layer.path): \($0)" }
        }
    }
}

extension Layer {
    /// What is wrong with the image's refcounts; nil where nothing is, or nobody can tell because they
    /// are being changed.
    fileprivate var countsFinding: String? {
        guard let image, !isLive, !image.header.incompatibleFeatures.contains(.dirty),
            let report = try? image.checkReport()
        else { return nil }
        guard report.corruptions == 0 else {
            return "its tables and refcounts contradict each other (clone-image check tells where)"
        }
        let bytes = report.leaks << UInt64(image.geometry.clusterBits)
        return report.leaks == 0
            ? nil
            : "\(bytes) bytes of its file count as used and are not (clone-image check -r leaks frees "
                + "them)"
    }
}

extension QCow2Image {
    fileprivate func checkReport() throws(ImageError) -> CheckReport {
        var check = try RefcountCheck(of: self) { _ in }
        return try check.run()
    }
}

/// Counts the bytes of each layer in each part of a disk.
private struct DiskParts {
    private let partBytes: UInt64
    private(set) var bytes: [[UInt64]]
    /// The bytes of all files that must be read for them.
    private(set) var readBytes: UInt64 = 0
    private(set) var dataBytes: UInt64 = 0

    init(count: Int, layers: Int, diskBytes: UInt64) {
        partBytes = max(1, (diskBytes + UInt64(count) - 1) / UInt64(count))
        bytes = Array(repeating: Array(repeating: 0, count: count), count: layers)
    }

    mutating func count(_ provenance: Provenance) throws(CollapseError) {
        var provenance = provenance
        var lastOffset: UInt64?
        while let run = try provenance.next() {
            guard let layer = run.layer, let offset = run.offset else { continue }
            dataBytes += run.length
            // A compressed cluster of which several parts are seen is read once.
            if run.kind == .data || offset != lastOffset {
                readBytes += run.compressedLength ?? run.length
            }
            lastOffset = offset
            var position = run.start
            while position < run.start + run.length {
                let part = position / partBytes
                let end = min(run.start + run.length, (part + 1) * partBytes)
                bytes[layer][Int(part)] += end - position
                position = end
            }
        }
    }
}
