// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Terminal

/// Where the data of a chain lies, as a drawing.
///
/// A row for each layer, the oldest at the bottom, the disk from left to right. A bar is as high as its
/// part of the disk is full: what is seen from the top stands at the bottom in the layer's colour, what
/// layers above hide stands on it in grey.
struct ChainPicture {
    /// The disk is told apart in so many parts, each drawn this wide.
    static let partCount = 480
    private static let partWidth = 2
    /// Even a little is to be seen.
    private static let minimumBarHeight = 2
    /// Rows that are lower have no room for words.
    private static let minimumTextHeight = 11
    private static let margin = 16
    private static let titleSize = 17
    private static let top = 98
    private static let sideWidth = 170
    private static let maximumLabelWidth = 264
    private static let colours = [
        "#4269d0", "#efb118", "#ff725c", "#3ca951", "#a463f2", "#2aa5b8", "#d6509a", "#9c6b4e",
        "#7f8f1c", "#1f3f7a",
    ]
    private static let hiddenColour = "#aab1b9"

    private let survey: ChainSurvey
    private let title: String
    /// The newest first.
    private let layers: [ChainSurvey.Layer]
    private let names: [String]
    /// Where the disk begins.
    private let left: Int

    /// A drawing of a survey with `partCount` parts.
    init(_ survey: ChainSurvey, title: String) {
        self.survey = survey
        self.title = title
        layers = survey.layers.reversed()
        let label = { DrawnText($0).shortened(toWidth: ChainPicture.maximumLabelWidth) }
        names = layers.map { label($0.path.split(separator: "/").last.map(String.init) ?? $0.path) }
        let widths = (names + ["the disk"]).map { DrawnText($0).width }
        left = 2 * ChainPicture.margin + Int((widths.max() ?? 0).rounded(.up))
    }

    private var rowHeight: Int { max(6, min(26, 1200 / (layers.count + 1))) }
    private var barHeight: Int { rowHeight - max(1, rowHeight / 6) }
    private var diskWidth: Int { ChainPicture.partCount * ChainPicture.partWidth }
    private var width: Int { left + diskWidth + ChainPicture.sideWidth }
    private var bottom: Int { ChainPicture.top + rowHeight * (layers.count + 1) + 8 }
    private var partBytes: UInt64 {
        let count = UInt64(ChainPicture.partCount)
        return max(1, (survey.diskBytes + count - 1) / count)
    }

    var text: String {
        let drawing = [head] + legend + disk + layers.indices.flatMap(row) + axis + ["</svg>"]
        return drawing.joined(separator: "\n") + "\n"
    }

    private var head: String {
        let size = "width=\"\(width)\" height=\"\(bottom + 36)\""
        let shown = DrawnText(title, size: ChainPicture.titleSize)
            .shortened(toWidth: width - 2 * ChainPicture.margin)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" \(size) viewBox="0 0 \(width) \(bottom + 36)" \
            font-family="sans-serif" font-size="\(DrawnText.size)" fill="#333" shape-rendering="crispEdges">
            <title>\(escaped(title))</title>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="\(ChainPicture.margin)" y="28" font-size="\(ChainPicture.titleSize)">\
            \(escaped(shown))</text>
            """
    }

    private var legend: [String] {
        let count = layers.count == 1 ? "1 layer" : "\(layers.count) layers"
        let summary =
            "\(count), a disk of \(size(survey.diskBytes)), \(size(survey.writtenBytes)) of data."
        let entries = [
            (ChainPicture.colours[0], "In colour: what the guest reads."),
            (ChainPicture.hiddenColour, "Grey: hidden by a layer above."),
        ]
        var x = ChainPicture.margin
        var lines = [note(summary, x, 50)]
        for (colour, words) in entries {
            lines.append(
                "<rect x=\"\(x)\" y=\"60\" width=\"11\" height=\"11\" fill=\"\(colour)\"/>"
            )
            lines.append(note(words, x + 17, 70))
            x += 17 + Int(DrawnText(words).width) + 18
        }
        return lines
            + [note("The higher a bar, the fuller its part of the disk.", x, 70)]
    }

    /// What the guest reads, in the colours of the layers that most of it comes from.
    private var disk: [String] {
        let y = ChainPicture.top
        let bars = (0..<ChainPicture.partCount).map { part -> Bar? in
            let shares = layers.map { $0.visibleBytesByPart[part] }
            guard let most = shares.max(), most > 0 else { return nil }
            return Bar(
                bottom: 0,
                height: height(shares.reduce(0, +), part),
                layer: shares.firstIndex(of: most)
            )
        }
        let paths = layers.indices.map { layer in
            path(bars.map { $0?.layer == layer ? $0 : nil }, y, colour(layer))
        }
        return ["<g><title>what the guest reads</title>"] + label("the disk", y) + [track(y)]
            + paths.compactMap(\.self) + side("visible of its data", y) + ["</g>"]
    }

    private func row(_ index: Int) -> [String] {
        let layer = layers[index]
        let y = ChainPicture.top + rowHeight * (index + 1) + 4
        let sizes = "\(size(layer.visibleBytes)) of \(size(layer.dataBytes))"
        let bars = layer.dataBytesByPart.indices.map { part in
            let visibleBytes = layer.visibleBytesByPart[part]
            return stack(visibleBytes, layer.dataBytesByPart[part] - visibleBytes, part)
        }
        let paths = [
            path(bars.map(\.visible), y, colour(index)),
            path(bars.map(\.hidden), y, ChainPicture.hiddenColour),
        ]
        return ["<g><title>\(escaped(layer.path)): \(sizes) visible</title>"]
            + label(names[index], y) + [track(y)] + paths.compactMap(\.self) + side(sizes, y) + [
                "</g>"
            ]
    }
}

// MARK: - Bars

extension ChainPicture {
    /// What is drawn of one part in a row, counted from the row's bottom.
    private struct Bar: Equatable {
        let bottom: Int
        let height: Int
        var layer: Int?
    }

    /// Both bars of a part of a layer, one on the other.
    private func stack(
        _ visibleBytes: UInt64,
        _ hiddenBytes: UInt64,
        _ part: Int
    ) -> (visible: Bar?, hidden: Bar?) {
        var (visible, hidden) = (height(visibleBytes, part), height(hiddenBytes, part))
        // Where rounding makes both too high together, the higher one can spare it.
        let excess = max(0, visible + hidden - barHeight)
        if visible > hidden { visible -= excess } else { hidden -= excess }
        return (
            visible > 0 ? Bar(bottom: 0, height: visible) : nil,
            hidden > 0 ? Bar(bottom: visible, height: hidden) : nil
        )
    }

    /// How high so many bytes of a part stand.
    private func height(_ bytes: UInt64, _ part: Int) -> Int {
        guard bytes > 0 else { return 0 }
        let start = partBytes * UInt64(part)
        let roomBytes = min(partBytes, survey.diskBytes - min(start, survey.diskBytes))
        let share = min(1, Double(bytes) / Double(max(1, roomBytes)))
        let height = Int((share * Double(barHeight)).rounded())
        return max(ChainPicture.minimumBarHeight, height)
    }

    /// The bars of all parts in one colour; nil when there are none.
    private func path(_ bars: [Bar?], _ y: Int, _ colour: String) -> String? {
        let outline = spans(bars).compactMap { parts, bar -> String? in
            guard let bar else { return nil }
            let x = left + parts.lowerBound * ChainPicture.partWidth
            let width = parts.count * ChainPicture.partWidth
            return "M\(x) \(y + barHeight - bar.bottom)h\(width)v-\(bar.height)h-\(width)z"
        }
        guard !outline.isEmpty else { return nil }
        return "<path fill=\"\(colour)\" d=\"\(outline.joined())\"/>"
    }

    private func track(_ y: Int) -> String {
        "<rect x=\"\(left)\" y=\"\(y)\" width=\"\(diskWidth)\" height=\"\(barHeight)\" fill=\"#f1f1f1\"/>"
    }

    /// The colour of a layer, which stays when layers are put on top.
    private func colour(_ index: Int) -> String {
        ChainPicture.colours[(layers.count - 1 - index) % ChainPicture.colours.count]
    }

    /// Runs of equal values.
    private func spans<Value: Equatable>(_ values: [Value]) -> [(range: Range<Int>, value: Value)] {
        var spans: [(range: Range<Int>, value: Value)] = []
        for (index, value) in values.enumerated() {
            if let last = spans.last, last.value == value {
                spans[spans.count - 1].range = last.range.lowerBound..<(index + 1)
            } else {
                spans.append((index..<(index + 1), value))
            }
        }
        return spans
    }
}

// MARK: - Words

extension ChainPicture {
    private var axis: [String] {
        (0...4).map { quarter in
            let x = left + diskWidth * quarter / 4
            let anchor = quarter == 0 ? "start" : quarter == 4 ? "end" : "middle"
            return
                "<path d=\"M\(x) \(bottom)v5\" stroke=\"#999\"/><text x=\"\(x)\" y=\"\(bottom + 20)\" "
                + "text-anchor=\"\(anchor)\" fill=\"#666\">"
                + "\(size(survey.diskBytes / 4 * UInt64(quarter)))</text>"
        }
    }

    private func label(_ name: String, _ y: Int) -> [String] {
        guard rowHeight >= ChainPicture.minimumTextHeight else { return [] }
        return [
            "<text x=\"\(left - ChainPicture.margin)\" y=\"\(y + rowHeight / 2 + 2)\" "
                + "text-anchor=\"end\">\(escaped(name))</text>"
        ]
    }

    private func side(_ words: String, _ y: Int) -> [String] {
        guard rowHeight >= ChainPicture.minimumTextHeight else { return [] }
        return [note(words, left + diskWidth + 10, y + rowHeight / 2 + 2)]
    }

    private func note(_ words: String, _ x: Int, _ y: Int) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" fill=\"#666\">\(escaped(words))</text>"
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
    }
}
