// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Terminal

/// Where the data of a chain lies, as a drawing.
///
/// A row for each layer, the oldest at the bottom, the disk from left to right. What is seen from the
/// top is strong, what layers above hide is pale.
struct ChainPicture {
    /// The disk is told apart in so many parts, each drawn this wide.
    static let partCount = 480
    private static let partWidth = 2
    /// Shares of a part that look different.
    private static let steps: UInt64 = 4
    private static let labelWidth = 240
    private static let top = 84
    private static let colours = [
        "#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5",
        "#9c6b4e", "#9498a0",
    ]

    private let survey: ChainSurvey
    private let title: String
    private var layers: [ChainSurvey.Layer] { survey.layers.reversed() }

    /// A drawing of a survey with `partCount` parts.
    init(_ survey: ChainSurvey, title: String) {
        self.survey = survey
        self.title = title
    }

    private var rowHeight: Int { max(6, min(26, 1200 / (survey.layers.count + 1))) }
    private var barWidth: Int { ChainPicture.partCount * ChainPicture.partWidth }
    private var width: Int { ChainPicture.labelWidth + barWidth + 170 }
    private var bottom: Int { ChainPicture.top + rowHeight * (survey.layers.count + 1) + 8 }

    var text: String {
        let drawing = [head] + disk + layers.indices.flatMap(row) + axis + ["</svg>"]
        return drawing.joined(separator: "\n") + "\n"
    }

    private var head: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(bottom + 36)" \
        viewBox="0 0 \(width) \(bottom + 36)" font-family="sans-serif" font-size="12" fill="#333">
        <title>\(escaped(title))</title>
        <rect width="100%" height="100%" fill="#fff"/>
        <text x="16" y="28" font-size="17">\(escaped(title))</text>
        <text x="16" y="50" fill="#666">\(layers.count) layers, a disk of \(size(survey.diskBytes)), \
        \(size(survey.writtenBytes)) of data. Strong: what the guest reads. \
        Pale: hidden by a layer above.</text>
        """
    }

    /// What the guest reads, in the colours of the layers it comes from.
    private var disk: [String] {
        let y = ChainPicture.top
        let owners = (0..<ChainPicture.partCount).map { part -> Int? in
            let shares = layers.map { $0.visibleBytesByPart[part] }
            guard let most = shares.max(), most > 0 else { return nil }
            return shares.firstIndex(of: most)
        }
        let bars = spans(owners).compactMap { range, owner in
            owner.map { bar(range, y, colour($0), "1") }
        }
        return label("the disk", y) + [track(y)] + bars
    }

    private func row(_ index: Int) -> [String] {
        let layer = layers[index]
        let y = ChainPicture.top + rowHeight * (index + 1) + 4
        let name = layer.path.split(separator: "/").last.map(String.init) ?? layer.path
        let note = "\(size(layer.visibleBytes)) of \(size(layer.dataBytes))"
        let side =
            rowHeight < 11
            ? []
            : [
                "<text x=\"\(ChainPicture.labelWidth + barWidth + 10)\" y=\"\(y + rowHeight / 2 + 2)\" "
                    + "fill=\"#666\">\(note)</text>"
            ]
        return ["<g><title>\(escaped(layer.path)): \(note) visible</title>"]
            + label(name, y) + [track(y)]
            + bars(layer.dataBytesByPart, y, colour(index), strength: 0.3)
            + bars(layer.visibleBytesByPart, y, colour(index), strength: 1) + side + ["</g>"]
    }

    private func bars(
        _ bytesByPart: [UInt64],
        _ y: Int,
        _ colour: String,
        strength: Double
    ) -> [String] {
        let partBytes = max(1, survey.diskBytes / UInt64(bytesByPart.count))
        let shares = bytesByPart.map { bytes in
            min(ChainPicture.steps, (bytes * ChainPicture.steps + partBytes - 1) / partBytes)
        }
        return spans(shares).filter { $0.value > 0 }.map { range, share in
            // Even a little is to be seen.
            let opacity = (0.25 + 0.75 * Double(share) / Double(ChainPicture.steps)) * strength
            return bar(range, y, colour, "\((opacity * 100).rounded() / 100)")
        }
    }

    private var axis: [String] {
        (0...4).map { quarter in
            let x = ChainPicture.labelWidth + barWidth * quarter / 4
            let anchor = quarter == 0 ? "start" : quarter == 4 ? "end" : "middle"
            return
                "<path d=\"M\(x) \(bottom)v5\" stroke=\"#999\"/><text x=\"\(x)\" y=\"\(bottom + 20)\" "
                + "text-anchor=\"\(anchor)\" fill=\"#666\">"
                + "\(size(survey.diskBytes / 4 * UInt64(quarter)))</text>"
        }
    }

    private func label(_ name: String, _ y: Int) -> [String] {
        guard rowHeight >= 11 else { return [] }
        let short = name.count > 34 ? "…" + name.suffix(33) : name
        return [
            "<text x=\"\(ChainPicture.labelWidth - 10)\" y=\"\(y + rowHeight / 2 + 2)\" "
                + "text-anchor=\"end\">\(escaped(short))</text>"
        ]
    }

    private func track(_ y: Int) -> String {
        bar(0..<ChainPicture.partCount, y, "#f1f1f1", "1")
    }

    private func bar(_ parts: Range<Int>, _ y: Int, _ colour: String, _ opacity: String) -> String {
        let x = ChainPicture.labelWidth + parts.lowerBound * ChainPicture.partWidth
        return "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(parts.count * ChainPicture.partWidth)\" "
            + "height=\"\(rowHeight - max(1, rowHeight / 6))\" fill=\"\(colour)\" opacity=\"\(opacity)\"/>"
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
