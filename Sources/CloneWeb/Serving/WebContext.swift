// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import Hummingbird

/// What is known of a request to a page.
struct WebContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who has logged in; nil before that is known.
    var visitor: Visitor?
    /// What a form has sent; empty for other requests.
    var form = Form()

    init(context: BasicRequestContext) { coreContext = context.coreContext }
}

/// Somebody who has logged in.
struct Visitor: Sendable {
    let userName: String
    /// What his browser shows with each request.
    let token: String

    /// What his forms have to send along.
    var forgeryToken: String { ForgeryToken.value(for: token) }
}
