// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse

/// The first line of a provenance: what its other lines speak of.
struct ProvenanceHead: Document {
    struct Layer: Encodable {
        let path: String
        let format: String
        let dataPath: String
    }

    let diskBytes: UInt64
    /// The top first.
    let layers: [Layer]

    init(_ provenance: Provenance) {
        diskBytes = provenance.diskBytes
        layers = provenance.layers.map {
            Layer(path: $0.path, format: $0.format.rawValue, dataPath: $0.dataPath)
        }
    }
}

/// A run of bytes that come from one place.
struct ProvenanceLine {
    let run: Provenance.Run

    init(_ run: Provenance.Run) { self.run = run }

    /// Its members stand in the order in which people read them.
    var text: String {
        let members = [
            ("start", run.start), ("length", run.length), ("layer", run.layer.map(UInt64.init)),
            ("offset", run.offset), ("compressedLength", run.compressedLength),
        ]
        let numbers = members.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{\"kind\":\"\(run.kind.rawValue)\",\(numbers.joined(separator: ","))}"
    }
}
