// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A line of text in a drawing, whose reader chooses the font: no usual one is wider than is assumed.
struct DrawnText {
    /// The usual size of letters.
    static let size = 12

    private let text: String
    private let size: Int

    init(_ text: String, size: Int = DrawnText.size) {
        self.text = text
        self.size = size
    }

    /// How much room it takes.
    var width: Double { text.reduce(0) { $0 + width(of: $1) } }

    /// The text, or its beginning and its end with dots between them where it takes more room: names of
    /// layers differ in front or behind.
    func shortened(toWidth room: Int) -> String {
        guard width > Double(room) else { return text }
        var (front, back) = (text.prefix(0), text.suffix(0))
        var rest = Double(room) - width(of: "…")
        while true {
            let isFront = front.count <= back.count
            let index =
                isFront
                ? front.endIndex : text.index(back.startIndex, offsetBy: -1)
            rest -= width(of: text[index])
            guard rest >= 0 else { return front + "…" + back }
            if isFront { front = text[...index] } else { back = text[index...] }
        }
    }

    /// A character's share of the size, as in DejaVu Sans, which is wide.
    private func width(of character: Character) -> Double {
        let share: Double =
            switch character {
            case "i", "j", "l", ".", ",", ":", ";", "'", "|", "!", " ", "I": 0.34
            case "-", "f", "r", "t", "(", ")", "[", "]", "/": 0.42
            case "m", "w", "M", "W", "@", "%", "…": 1
            case "a"..."z", "0"..."9", "_": 0.64
            case "A"..."Z": 0.75
            default: 1
            }
        return share * Double(size)
    }
}
