// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine

/// The permission that a command line tells.
struct PermissionWish: ParsableArguments {
    @Argument(help: UserName.help)
    var user: UserName

    @Argument(help: "The role, such as UserVmManager; `clone-vm help permission` tells all.")
    var role: Permission.Role

    @OptionGroup var object: PermissionObject

    func permission(_ client: Client) throws -> Permission {
        Permission(userName: user.whole, role: role, object: try object.requiredReference(client))
    }
}
