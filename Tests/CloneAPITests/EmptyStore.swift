// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport

@testable import CloneEngine

/// Something that tests ask.
protocol TestStore: Sendable {
    var engine: Engine { get }
}

/// An engine with an administrator, and nothing else.
struct EmptyStore: TestStore {
    let directory: TemporaryDirectory
    let engine: Engine

    init() throws {
        directory = try TemporaryDirectory()
        engine = try Engine(state: directory.path("state"))
        let user = AddUser(name: Session.administrator, password: SampleStore.password)
        _ = try engine.run(user, as: Session())
    }
}
