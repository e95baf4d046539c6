// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// Where the data of a disk's chain lies: a row for each layer, the newest on top, the disk from left
/// to right.
///
/// What a guest reads is strong; what layers above hide is pale.
struct Drawing: Sendable {
    /// The disk is told apart in so many parts.
    static let partCount = 240
    /// Shares of a part that look different.
    private static let steps: UInt64 = 4
    private static let rowHeight = 22
    private static let colourCount = 8

    /// A run of parts that look alike.
    struct Bar: Sendable {
        let x: Int
        let width: Int
        /// A class of the style sheet: a colour, or how strong it is.
        let look: String
    }

    struct Row: Sendable {
        let name: String
        let note: String
        let y: Int
        let colour: String
        let bars: [Bar]
    }

    let title: String
    let width = Drawing.partCount
    let height: Int
    /// What the guest reads, in the colours of the layers that it comes from.
    let disk: [Bar]
    let rows: [Row]
    let marks: [String]
    let barHeight = Drawing.rowHeight - 4

    init(_ survey: DiskSurvey) {
        let count = survey.layers.count
        title =
            "\(count) \(count == 1 ? "layer" : "layers"), a disk of \(size(survey.diskBytes)), "
            + "\(size(survey.writtenBytes)) of data to copy"
        height = Drawing.rowHeight * (count + 1)
        rows = survey.layers.enumerated().map { Drawing.row($1, at: $0, survey) }
        disk = Drawing.disk(survey)
        marks = (0...4).map { size(survey.diskBytes / 4 * UInt64($0)) }
    }

    private static func row(
        _ layer: DiskSurvey.Layer,
        at index: Int,
        _ survey: DiskSurvey
    ) -> Row {
        let pale = bars(layer.dataBytesByPart, survey, "pale")
        let strong = bars(layer.visibleBytesByPart, survey, "strong")
        let visible = "\(size(layer.visibleBytes)) of \(size(layer.dataBytes)) visible"
        let y = rowHeight * (index + 1)
        return Row(
            name: survey.name(ofLayer: index),
            note: visible,
            y: y,
            colour: colour(index, survey),
            bars: pale + strong
        )
    }

    private static func bars(
        _ bytesByPart: [UInt64],
        _ survey: DiskSurvey,
        _ strength: String
    ) -> [Bar] {
        let partBytes = max(1, survey.diskBytes / UInt64(bytesByPart.count))
        // Even a little is to be seen.
        let shares = bytesByPart.map { bytes in
            min(
                steps,
                bytes.quotientAndRemainder(dividingBy: max(1, partBytes / steps)).quotient
                    + (bytes > 0 ? 1 : 0)
            )
        }
        return runs(of: shares).filter { $0.value > 0 }.map { range, share in
            Bar(x: range.lowerBound, width: range.count, look: "\(strength)\(share)")
        }
    }

    private static func disk(_ survey: DiskSurvey) -> [Bar] {
        let owners = (0..<partCount).map { part -> Int? in
            let shares = survey.layers.map { $0.visibleBytesByPart[part] }
            guard let most = shares.max(), most > 0 else { return nil }
            return shares.firstIndex(of: most)
        }
        return runs(of: owners).compactMap { range, owner in
            owner.map {
                Bar(x: range.lowerBound, width: range.count, look: colour($0, survey))
            }
        }
    }

    /// The colour of a layer, which stays when layers are put on top.
    private static func colour(_ index: Int, _ survey: DiskSurvey) -> String {
        "layer\((survey.layers.count - 1 - index) % colourCount)"
    }

    /// Runs of equal values.
    private static func runs<Value: Equatable>(
        of values: [Value]
    ) -> [(range: Range<Int>, value: Value)] {
        values.indices.reduce(into: []) { runs, index in
            if let last = runs.last, last.value == values[index] {
                runs[runs.count - 1].range = last.range.lowerBound..<(index + 1)
            } else {
                runs.append((index..<(index + 1), values[index]))
            }
        }
    }
}

extension DiskSurvey {
    /// What tells a layer apart from the others; they are counted from the bottom.
    func name(ofLayer index: Int) -> String {
        "\(layers.count - index) · \(layers[index].volume.shortName)"
    }
}

extension Volume {
    /// What tells its file apart from the others: the beginning of an id, or the name of a file that
    /// somebody else has named.
    fileprivate var shortName: String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name == id.rawValue ? String(name.prefix(8)) : name
    }
}
