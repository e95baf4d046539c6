// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The names of the networks that cards of visible VMs are plugged into.
package struct ListNetworkNames: Query {
    package init() {}

    package func answer(_ context: CommandContext) throws -> [String] {
        let visible = try Visibility(context).vms("vmID")
        return try SQLRequest<String>(
            literal: """
                SELECT DISTINCT network FROM networkInterface
                WHERE network IS NOT NULL AND \(visible) ORDER BY network
                """
        ).fetchAll(context.database)
    }
}
