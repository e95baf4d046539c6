// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A place of a form to fill in.
struct Field: Sendable {
    struct Option: Sendable {
        let value: String
        let text: String
        let isChosen: Bool
    }

    /// The kinds that the template tells apart.
    enum Kind: String, Sendable {
        case text, password, number, choice, box, area
    }

    let name: String
    let label: String
    let value: String
    let isText: Bool
    let isChoice: Bool
    let isBox: Bool
    let isTicked: Bool
    /// The type of a text's `input`.
    let type: String
    let options: [Option]
    var hint: String?
    var isRequired = false
    var autocomplete = "off"
    /// Where the script asks whether the value will do.
    var check: String?
    /// What is wrong with it.
    var errors: [String] = [] { didSet { isWrong = !errors.isEmpty } }
    /// True also where the reasons stand elsewhere.
    var isWrong = false
    /// The keyboard is there when the page is opened.
    var isFirst = false

    private init(
        _ name: String,
        _ label: String,
        _ kind: Kind,
        _ value: String,
        _ options: [Option]
    ) {
        (self.name, self.label, self.value, self.options) = (name, label, value, options)
        isText = [.text, .password, .number].contains(kind)
        (isChoice, isBox) = (kind == .choice, kind == .box)
        isTicked = kind == .box && value == "on"
        type = kind.rawValue
    }

    /// A line of text.
    init(
        _ name: String,
        _ label: String,
        _ value: String?,
        kind: Kind = .text,
        hint: String? = nil,
        isRequired: Bool = false
    ) {
        self.init(name, label, kind, value ?? "", [])
        (self.hint, self.isRequired) = (hint, isRequired)
    }

    /// One of several values.
    init(
        _ name: String,
        _ label: String,
        of choices: [(value: String, text: String)],
        _ chosen: String?,
        hint: String? = nil
    ) {
        let options = choices.map {
            Option(value: $0.value, text: $0.text, isChosen: $0.value == chosen)
        }
        self.init(name, label, .choice, chosen ?? "", options)
        self.hint = hint
    }

    /// A box to tick.
    init(box name: String, _ label: String, isTicked: Bool, hint: String? = nil) {
        self.init(name, label, .box, isTicked ? "on" : "", [])
        self.hint = hint
    }
}
