// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What a visit gets.
enum Reply: Sendable {
    case page(WebPage)
    /// Another page is to be fetched: after every form that was accepted.
    case redirect(String)
    case json(String)
}

/// A page before it is put into words.
struct WebPage: Sendable {
    /// The parts of the site that the bar at the top leads to.
    enum Section: String, Sendable, CaseIterable {
        case vms = "VMs"
        case disks = "Disks"
        case domains = "Storage"
        case jobs = "Jobs"
        case events = "Events"
        case users = "Users"
    }

    let title: String
    /// The template's name.
    let template: String
    /// What the template speaks of.
    let model: any Sendable
    var section: Section?
    var trail: [Link] = []
    /// HTTP's number for how it went.
    var status = 200
    /// Seconds after which a browser without JavaScript fetches it again; nil for never.
    var refreshSeconds: Int?

    init(_ title: String, _ template: String, in section: Section? = nil, _ model: any Sendable) {
        (self.title, self.template, self.section) = (title, template, section)
        self.model = model
    }
}
