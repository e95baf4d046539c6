// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// Options as qemu-img's `-o` takes them: `key=value` separated by commas, which are doubled in a
/// value.
struct QemuOptionList {
    /// In the order in which they were given; a later one counts.
    private(set) var options: [(key: String, value: String)] = []
    /// True when a list of the options is wanted.
    private(set) var asksForHelp = false

    /// Takes the values of all `-o` of a command line.
    init(_ lists: [String] = []) throws {
        for list in lists {
            guard !list.isEmpty, !list.hasPrefix(","), !list.hasSuffix(",") else {
                throw ValidationError("Invalid option list: \(list)")
            }
            for element in QemuOptionList.elements(of: list) { add(element) }
        }
    }

    subscript(key: String) -> String? { options.last { $0.key == key }?.value }

    mutating func set(_ key: String, _ value: String) { options.append((key, value)) }

    private mutating func add(_ element: String) {
        guard element != "help", element != "?" else {
            asksForHelp = true
            return
        }
        let parts = element.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            set(String(parts[0]), String(parts[1]))
        } else if element.hasPrefix("no"), element != "nocow" {
            set(String(element.dropFirst(2)), "off")
        } else {
            set(element, "on")
        }
    }

    private static func elements(of list: String) -> [String] {
        var elements = [""]
        var rest = list.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == ",", rest.first != "," {
                elements.append("")
            } else {
                if scalar == "," { rest.removeFirst() }
                elements[elements.count - 1].unicodeScalars.append(scalar)
            }
        }
        return elements
    }
}
