// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

/// Puts what links lead to in their places: `follow=disk_attachments.disk,nics`.
struct Following {
    /// More links than these are not followed in one request; the rest stay links.
    private static let maximumLookups = 2000
    private static let maximumPaths = 32
    private static let maximumDepth = 8

    private let call: Call
    private let paths: [[String]]
    private var lookups = 0

    /// Understands what a query wants to be followed; nil when that is nothing.
    init?(_ call: Call) throws(Fault) {
        let text = call.query.fields["follow"] ?? ""
        paths = text.split { $0 == "," || $0 == " " }.map { path in
            path.split(separator: ".").map(String.init)
        }
        guard !paths.isEmpty else { return nil }
        guard paths.count <= Following.maximumPaths,
            paths.allSatisfy({ $0.count <= Following.maximumDepth })
        else {
            throw .badValue(
                "follow",
                text,
                "\(Following.maximumPaths) paths of \(Following.maximumDepth) links at most"
            )
        }
        self.call = call
    }

    /// The document with what is wanted in it; a list's elements each with it.
    mutating func complete(_ document: Element) -> Element {
        var document = document
        if case .list(let items, let kind) = document.content {
            document.content = .list(items.map { complete($0) }, of: kind)
        } else {
            for path in paths { follow(path[...], in: &document) }
        }
        return document
    }

    private mutating func follow(_ path: ArraySlice<String>, in element: inout Element) {
        guard let name = path.first else { return }
        if case .list(var items, let kind) = element.content {
            for index in items.indices { follow(path, in: &items[index]) }
            element.content = .list(items, of: kind)
            return
        }
        guard case .elements(var children) = element.content else { return }
        if let index = children.firstIndex(where: { $0.name == name }) {
            if children[index].children.isEmpty, let found = look(children[index].href, as: name) {
                children[index] = found
            }
            follow(path.dropFirst(), in: &children[index])
        } else if let link = children.firstIndex(where: { $0.leads(to: name) }),
            var found = look(children[link].href, as: name)
        {
            follow(path.dropFirst(), in: &found)
            children[link] = found
        }
        element.content = .elements(children)
    }

    /// What is found at an address; nil when it is nothing, or nothing for this caller.
    private mutating func look(_ href: String?, as name: String) -> Element? {
        guard let address = href.flatMap(Address.parts), lookups < Following.maximumLookups,
            case let (route, parameters)? = try? RouteTable.all.route(.get, address),
            case .quick(let answer) = route.work
        else { return nil }
        lookups += 1
        var other = call
        (other.parameters, other.query) = (parameters, FormFields(""))
        guard let answer = try? answer(other), case .document(var found) = answer.content else {
            return nil
        }
        found.name = name
        return found
    }
}

extension Element {
    /// Whether it is a link by a name, which links have without underscores.
    fileprivate func leads(to name: String) -> Bool {
        self.name == "link" && attribute("rel") == name.replacing("_", with: "")
    }
}
