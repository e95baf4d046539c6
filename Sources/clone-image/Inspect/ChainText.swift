// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import Terminal

/// A chain for people: a table whose first column is a tree, the oldest layer first.
///
///     LAYER                 FORMAT     DISK  ON DISK      HAS   VISIBLE
///     base.qcow2            qcow2    10 GiB   1.2 GiB  1.1 GiB  300 MiB   27 %
///     ├─ @before-upgrade
///     └─ top.qcow2  live    qcow2    10 GiB   310 MiB  300 MiB  300 MiB  100 %
struct ChainText {
    /// Deeper layers are not indented any further.
    private static let maximumIndentation = 12

    private let survey: ChainSurvey

    init(_ survey: ChainSurvey) { self.survey = survey }

    var text: String {
        let rows = [["LAYER", "FORMAT", "DISK", "ON DISK", "HAS", "VISIBLE", ""]] + layerRows
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let table = rows.map { row in
            let cells = zip(row, widths).enumerated().map { column, cell in
                let spaces = String(repeating: " ", count: cell.1 - cell.0.count)
                return column < 2 ? cell.0 + spaces : spaces + cell.0
            }
            return trimmed(cells.joined(separator: "  "))
        }
        return (table + summary + warnings).joined(separator: "\n")
    }

    private var layerRows: [[String]] {
        let names = names
        // Below what cannot be opened, nothing is known.
        let unknown =
            survey.failure == nil ? [] : [["(cannot be opened)"] + Array(repeating: "", count: 6)]
        return unknown
            + survey.layers.indices.flatMap { index -> [[String]] in
                let layer = survey.layers[index]
                let depth = min(index + unknown.count, ChainText.maximumIndentation)
                let indentation = String(repeating: "   ", count: max(0, depth - 1))
                let name = indentation + (depth == 0 ? "" : "└─ ") + names[index]
                let row = [
                    layer.isLive ? name + "  live" : name, layer.format.rawValue,
                    size(layer.diskBytes), size(layer.fileBytes), size(layer.dataBytes),
                    size(layer.visibleBytes), share(layer),
                ]
                let below = String(repeating: "   ", count: depth)
                let branch = index == survey.layers.count - 1 ? "└─ @" : "├─ @"
                return [row]
                    + layer.snapshots.map { [below + branch + $0] + Array(repeating: "", count: 6) }
            }
    }

    /// The layers' paths without the directory that all have in common.
    private var names: [String] {
        let parts = survey.layers.map {
            $0.path.split(separator: "/", omittingEmptySubsequences: false)
        }
        let directories = parts.map { $0.dropLast() }
        guard let first = directories.first, directories.allSatisfy({ $0 == first }) else {
            return survey.layers.map(\.path)
        }
        return parts.map { String($0.last ?? "") }
    }

    private func share(_ layer: ChainSurvey.Layer) -> String {
        guard layer.dataBytes > 0 else { return "" }
        return "\(Int((Double(layer.visibleBytes) / Double(layer.dataBytes) * 100).rounded())) %"
    }

    private func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    private var summary: [String] {
        guard survey.failure == nil else { return [] }
        let count = survey.layers.count == 1 ? "1 layer" : "\(survey.layers.count) layers"
        let saved =
            survey.savedBytes == 0
            ? "" : "; without the layers, that saves \(size(survey.savedBytes)) or more"
        return [
            "",
            "\(count), a disk of \(size(survey.diskBytes)). A collapse reads \(size(survey.readBytes)) "
                + "and writes at most \(size(survey.writtenBytes))\(saved).",
        ]
    }

    private var warnings: [String] {
        survey.warnings.isEmpty ? [] : [""] + survey.warnings.map { "warning: \($0)" }
    }
}
