// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// `clone-vm user`.
struct UserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Who may log in to the service.",
        subcommands: [
            UserAddCommand.self, UserListCommand.self, UserPasswordCommand.self,
            UserRemoveCommand.self,
        ]
    )
}

/// A user as people name him.
struct UserName: ExpressibleByArgument {
    /// With the domain that vouches for him.
    let whole: String

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        whole = argument.contains("@") ? argument : "\(argument)@\(UserName.domain)"
    }

    static let help = ArgumentHelp(
        "The user: a name, to which @\(domain) is added where no domain is said.",
        valueName: "user"
    )

    private static let domain = "internal"
}
