// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Foundation

/// Where the data of a disk's chain lies: a row for each layer, the newest on top, the disk from left
/// to right.
///
/// A bar is as high as its part of the disk is full: what a guest reads stands at the bottom in the
/// layer's colour, what layers above hide stands on it in grey.
struct Drawing: Sendable {
    /// The disk is told apart in so many parts.
    static let partCount = 240
    private static let rowHeight = 22
    private static let barHeight = Drawing.rowHeight - 4
    /// Even a little is to be seen.
    private static let minimumBarHeight = 2
    private static let colourCount = 8

    /// A run of parts that look alike.
    struct Bar: Sendable {
        let x: Int
        let width: Int
        let y: Int
        let height: Int
        /// A class of the style sheet: a colour, or that layers above cover it.
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
    let barHeight = Drawing.barHeight

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
        let visible = "\(size(layer.visibleBytes)) of \(size(layer.dataBytes)) visible"
        let y = rowHeight * (index + 1)
        let stacks = layer.dataBytesByPart.indices.map { part in
            let visibleBytes = layer.visibleBytesByPart[part]
            return stack(visibleBytes, layer.dataBytesByPart[part] - visibleBytes, survey, part)
        }
        let seen = bars(stacks.map { Span(bottom: 0, height: $0.visible, look: "seen") }, y)
        let hidden = bars(
            stacks.map { Span(bottom: $0.visible, height: $0.hidden, look: "covered") },
            y
        )
        return Row(
            name: survey.name(ofLayer: index),
            note: visible,
            y: y,
            colour: colour(index, survey),
            bars: seen + hidden
        )
    }

    /// What is drawn of one part, counted from the row's bottom.
    private struct Span: Equatable {
        let bottom: Int
        let height: Int
        let look: String
    }

    /// How high both stand in a part of a layer.
    private static func stack(
        _ visibleBytes: UInt64,
        _ hiddenBytes: UInt64,
        _ survey: DiskSurvey,
        _ part: Int
    ) -> (visible: Int, hidden: Int) {
        var visible = height(visibleBytes, survey, part)
        var hidden = height(hiddenBytes, survey, part)
        // Where rounding makes both too high together, the higher one can spare it.
        let excess = max(0, visible + hidden - barHeight)
        if visible > hidden { visible -= excess } else { hidden -= excess }
        return (visible, hidden)
    }

    /// How high so many bytes of a part stand.
    private static func height(_ bytes: UInt64, _ survey: DiskSurvey, _ part: Int) -> Int {
        guard bytes > 0 else { return 0 }
        let count = UInt64(partCount)
        let partBytes = max(1, (survey.diskBytes + count - 1) / count)
        let start = min(partBytes * UInt64(part), survey.diskBytes)
        let roomBytes = max(1, min(partBytes, survey.diskBytes - start))
        let share = min(1, Double(bytes) / Double(roomBytes))
        return max(minimumBarHeight, Int((share * Double(barHeight)).rounded()))
    }

    private static func bars(_ spans: [Span], _ y: Int) -> [Bar] {
        runs(of: spans).filter { $0.value.height > 0 }.map { range, span in
            Bar(
                x: range.lowerBound,
                width: range.count,
                y: y + barHeight - span.bottom - span.height,
                height: span.height,
                look: span.look
            )
        }
    }

    private static func disk(_ survey: DiskSurvey) -> [Bar] {
        let spans = (0..<partCount).map { part -> Span in
            let shares = survey.layers.map { $0.visibleBytesByPart[part] }
            let most = shares.max() ?? 0
            return Span(
                bottom: 0,
                height: height(shares.reduce(0, +), survey, part),
                look: colour(shares.firstIndex(of: most) ?? 0, survey)
            )
        }
        return bars(spans, 0)
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
