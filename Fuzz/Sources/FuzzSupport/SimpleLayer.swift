// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// One layer of a chain, for looking up single sectors.
package struct SimpleLayer {
    private enum Content {
        case image(SimpleImage)
        case raw(SparseFile, start: UInt64)
    }

    private let content: Content
    package let diskBytes: UInt64

    package init(_ image: SimpleImage, diskBytes: UInt64) {
        content = .image(image)
        self.diskBytes = diskBytes
    }

    package init(raw file: SparseFile, start: UInt64, diskBytes: UInt64) {
        content = .raw(file, start: start)
        self.diskBytes = diskBytes
    }

    /// Where the layer has a sector; `.nothing` leaves it to the layers below.
    func place(of guestOffset: UInt64) -> SimpleImage.Place {
        switch content {
        case .image(let image): image.place(of: guestOffset)
        case .raw(_, let start): .data(start + guestOffset)
        }
    }

    func bytes(at place: SimpleImage.Place, of guestOffset: UInt64) -> [UInt8]? {
        switch content {
        case .image(let image): image.bytes(at: place, of: guestOffset)
        case .raw(let file, let start):
            file.array(at: start + guestOffset, count: SimpleImage.sectorBytes)
        }
    }
}

/// What a chain reads as, sector by sector.
package struct SimpleChain {
    private let layers: [SimpleLayer]
    private let salvages: Bool

    package init(_ layers: [SimpleLayer], salvages: Bool) {
        self.layers = layers
        self.salvages = salvages
    }

    /// The bytes of a part of one sector; nil when they cannot be had.
    package func bytes(_ part: Range<UInt64>) -> [UInt8]? {
        let start = part.lowerBound / 512 * 512
        return sector(at: start).map { sector in
            Array(sector[Int(part.lowerBound - start)..<Int(part.upperBound - start)])
        }
    }

    private func sector(at guestOffset: UInt64) -> [UInt8]? {
        let zeros = [UInt8](repeating: 0, count: SimpleImage.sectorBytes)
        for layer in layers {
            // Below the end of a layer nothing is seen.
            guard guestOffset < layer.diskBytes else { return zeros }
            let place = layer.place(of: guestOffset)
            if place == .nothing { continue }
            return layer.bytes(at: place, of: guestOffset) ?? (salvages ? zeros : nil)
        }
        return zeros
    }
}
