// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import DiskIO
internal import FuzzSupport
internal import QCow2

/// The layers that an input describes, the top first, for the program and for the plain look-up.
struct Layers {
    /// Deeper chains show nothing more.
    private static let maximumCount = 4

    private(set) var layers: [Layer] = []
    private(set) var simple: [SimpleLayer] = []
    private let salvages: Bool

    /// One whole image; or layers, each a byte of options, the length of its description in 3
    /// bytes, and the description of its file.
    init(_ input: inout FuzzInput, salvages: Bool) {
        self.salvages = salvages
        if input.isWholeImage {
            addImage(&input, dataFileCut: 0)
        } else {
            while !input.isEmpty, layers.count < Layers.maximumCount, takeLayer(&input) {}
        }
    }

    /// False when the chain ends here.
    private mutating func takeLayer(_ input: inout FuzzInput) -> Bool {
        let options = input.takeByte()
        var file = input.take(Int(input.takeNumber(byteCount: 3)))
        let before = layers.count
        guard options & 1 == 0 else {
            // Nothing lies below a raw layer.
            addRaw(&file, start: UInt64(options >> 1) * 512)
            return false
        }
        addImage(&file, dataFileCut: UInt64(options >> 1) * 256)
        return layers.count > before
    }

    private mutating func addRaw(_ input: inout FuzzInput, start: UInt64) {
        let file = SparseFile(&input, path: "raw")
        // No input may make a chain of more than a disk's worth of work.
        guard start <= file.byteCount, file.byteCount <= 1 << 40 else { return }
        let layer = Layer(raw: file, start: start)
        layers.append(layer)
        simple.append(SimpleLayer(raw: file, start: start, diskBytes: layer.diskBytes))
    }

    private mutating func addImage(_ input: inout FuzzInput, dataFileCut: UInt64) {
        let file = SparseFile(&input, path: "image")
        guard let header = try? Header(reading: file) else { return }
        let hasDataFile = header.incompatibleFeatures.contains(.externalDataFile)
        let clusters =
            hasDataFile
            ? SparseFile(
                path: "data",
                byteCount: header.diskBytes - min(header.diskBytes, dataFileCut),
                filling: .places
            ) : file.filled(with: .places)
        let image = QCow2Image(
            header: header,
            metadata: file,
            clusters: clusters,
            salvages: salvages
        )
        guard let table = try? image.activeTable() else { return }
        layers.append(Layer(image: image, table))
        simple.append(
            SimpleLayer(
                SimpleImage(
                    header: header,
                    metadata: file,
                    clusters: clusters,
                    salvages: salvages
                ),
                diskBytes: header.diskBytes
            )
        )
    }
}
