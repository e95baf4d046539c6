// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

/// A page that is a form.
struct FormModel: Sendable {
    let action: String
    var intro: String?
    /// What is lost by it.
    var warning: String?
    var fields: [Field] = []
    let submit: String
    var weight = ActionLink.Weight.primary.rawValue
    let cancel: String
    /// What is wrong as a whole.
    var errors: [String] = []

    init(_ submit: String, to action: String, cancel: String, fields: [Field] = []) {
        (self.submit, self.action, self.cancel, self.fields) = (submit, action, cancel, fields)
    }

    /// A question before something is lost.
    init(confirming submit: String, to action: String, cancel: String, _ question: String) {
        self.init(submit, to: action, cancel: cancel)
        (warning, weight) = (question, ActionLink.Weight.danger.rawValue)
    }

    /// Puts each reason beside the field that it speaks of, and the others above them all.
    ///
    /// - Parameters:
    ///   - error: what the engine says.
    ///   - places: the names of fields by beginnings of the reasons' keys.
    mutating func show(_ error: EngineError, _ places: [String: String]) {
        for refusal in error.refusals {
            let place = places.first { refusal.key.hasPrefix($0.key) }?.value
            if let index = fields.firstIndex(where: { $0.name == place }) {
                fields[index].errors.append(refusal.text)
            } else {
                errors.append(refusal.text)
            }
        }
        if let index = fields.firstIndex(where: \.isWrong) { fields[index].isFirst = true }
    }
}

extension Visit {
    /// What a form is answered with: the page that follows or, when the engine refuses, the form with
    /// the reasons.
    func submit(
        _ page: WebPage,
        _ model: FormModel,
        _ places: [String: String] = [:],
        _ body: () throws -> String
    ) throws -> Reply {
        do {
            return .redirect(try body())
        } catch let error as EngineError {
            var model = model
            model.show(error, places)
            var wrong = WebPage(page.title, page.template, in: page.section, model)
            (wrong.trail, wrong.status) = (page.trail, error.kind.status.code)
            return .page(wrong)
        }
    }
}
