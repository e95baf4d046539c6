// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes
internal import Hummingbird

/// A page with what stands around it.
struct Frame: Sendable {
    let title: String
    let userName: String?
    let csrf: String?
    /// The parts of the site.
    let sections: [Tab]
    let trail: [Link]
    let notice: String?
    /// Where changes of the page come from; nil for one that does not change.
    let livePath: String?
    let refreshSeconds: Int?
    /// Only the page's inner part is wanted.
    let isFragment: Bool
    let assets = AssetPaths()
    let page: any Sendable
    private let template: String
    private let status: HTTPResponse.Status

    init(
        _ page: WebPage,
        visitor: Visitor?,
        in site: Site,
        path: String?,
        notice: Notice? = nil,
        isFragment: Bool = false
    ) {
        (title, template, self.page) = (page.title, page.template, page.model)
        (trail, status) = (page.trail, HTTPResponse.Status(code: page.status))
        (userName, csrf) = (visitor?.userName, visitor?.forgeryToken)
        (livePath, refreshSeconds) = (path, page.refreshSeconds)
        (self.notice, self.isFragment) = (notice?.rawValue, isFragment)
        sections = visitor.map { Frame.sections(for: $0, page.section, site) } ?? []
    }

    func text(_ site: Site) throws -> String { try site.templates.render(self, with: template) }

    func response(_ site: Site) throws -> Response {
        var response = Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: try text(site)))
        )
        response.headers[.contentLanguage] = "en"
        return response
    }

    private static func sections(
        for visitor: Visitor,
        _ current: WebPage.Section?,
        _ site: Site
    ) -> [Tab] {
        let session = Session(userName: visitor.userName)
        let looksAfterUsers =
            try? site.engine.answer(IsAllowed(.manageUsers, on: .system), as: session)
        let all = WebPage.Section.allCases.filter { $0 != .users || looksAfterUsers == true }
        return all.map {
            Tab($0.rawValue, "\(WebRoutes.root)/\($0)", isCurrent: $0 == current)
        }
    }
}
