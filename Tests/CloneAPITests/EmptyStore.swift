// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import TestSupport

@testable import CloneEngine

/// Something that tests ask.
protocol TestStore: Sendable {
    var engine: Engine { get }
}

/// The hash of all accounts' password; to make one takes a while.
private let passwordHash = Result { try PasswordHash(of: SampleStore.password) }

extension TestStore {
    /// Makes an account with the tests' password.
    func addAccount(_ name: String) throws {
        let account = Account(name: name, password: try passwordHash.get(), createdAt: Date())
        try engine.store.write { try account.insert($0) }
    }
}

/// An engine with an administrator, and nothing else.
struct EmptyStore: TestStore {
    let directory: TemporaryDirectory
    let engine: Engine

    init() throws {
        directory = try TemporaryDirectory()
        engine = try Engine(state: directory.path("state"))
        try addAccount(Session.administrator)
    }
}
