// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import CloneEngine
internal import Foundation
internal import Logging
internal import Terminal

/// `clone-vm serve`.
struct ServeCommand: EngineCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers oVirt's REST API, and shows pages to browsers.",
        usage: "clone-vm serve [<options>]",
        discussion: """
            Clients of oVirt's version 4 API find it at https://ADDRESS:PORT/ovirt-engine/api, \
            people the pages at https://ADDRESS:PORT/.

            Without --certificate, a certificate authority and a certificate for this host are made \
            at the first start, in STATE/pki; clients get the authority's certificate from \
            /ovirt-engine/services/pki-resource, or as STATE/pki/ca.pem.

            Logs are lines of JSON on standard error. SIGTERM and SIGINT end it: requests are \
            answered to their end, and running clones are treated as --at-end says: "wait" waits for \
            them; "resume" leaves them, also after a crash, to the next start of the server, which \
            goes on where each copy was; "leave" leaves them to be undone by the next start of \
            any command.
            """
    )

    @Option(
        help: ArgumentHelp(
            "Listen on this address; 0.0.0.0 or :: for all of the host's.",
            valueName: "address"
        )
    )
    var address = "127.0.0.1"

    @Option(
        help: ArgumentHelp("Listen on this port; 0 for one that is free.", valueName: "port")
    )
    var port: UInt16 = 8443

    @Option(
        help: ArgumentHelp(
            "Use this certificate, with those that vouch for it behind it, as PEM.",
            valueName: "file"
        ),
        completion: .file(extensions: ["pem", "crt"])
    )
    var certificate: String?

    @Option(
        help: ArgumentHelp("The certificate's private key, as PEM.", valueName: "file"),
        completion: .file(extensions: ["pem", "key"])
    )
    var key: String?

    @Flag(help: "Speak HTTP without TLS; on addresses of the loopback only.")
    var plainHTTP = false

    @Option(
        help: ArgumentHelp(
            "Log what is at least this important.",
            valueName: "level"
        )
    )
    var logLevel = LogLevel.info

    @Option(
        help: ArgumentHelp(
            "What becomes of running clones at the end.",
            valueName: "way"
        )
    )
    var atEnd = RunningJobsAtEnd.wait

    /// The seconds that a client may take to send a document; a connection may be silent for twice as
    /// long.
    @Option(help: .hidden)
    var patience = 60

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (certificate == nil) != (key == nil) {
            throw ValidationError("--certificate and --key go together")
        }
        guard plainHTTP else { return }
        if certificate != nil {
            throw ValidationError("--plain-http and --certificate exclude each other")
        }
        if !Loopback.contains(address) {
            throw ValidationError(
                "--plain-http would send passwords in the clear through the network; "
                    + "use it with an --address of the loopback, as 127.0.0.1"
            )
        }
    }

    static let isServer = true
    var resumesJobs: Bool { atEnd == .resume }

    func run(with client: Client) async throws {
        let server = Server(client, protection: try protection(in: client.engine), self)
        client.adviseFirstUser(stateDirectory: client.engine.stateDirectory)
        try await server.run()
    }

    private func protection(in engine: Engine) throws -> Server.Protection {
        if plainHTTP { return .none }
        if let certificate, let key { return .files(certificate: certificate, key: key) }
        let authority = try CertificateAuthority(in: engine.stateDirectory + "/pki")
        return .own(try authority.serverFiles(for: [address]))
    }
}

/// What the end of a server does with clones that it is at work on.
enum RunningJobsAtEnd: String, CaseIterable, ExpressibleByArgument {
    case wait, resume, leave
}

/// How important something is that is logged.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}

/// Addresses that lead nowhere else.
enum Loopback {
    static func contains(_ address: String) -> Bool {
        address == "localhost" || address == "::1" || address.hasPrefix("127.")
    }
}

extension Client {
    /// Tells how the first account is made, where there is none.
    fileprivate func adviseFirstUser(stateDirectory: String) {
        guard (try? ask(ListUsers()))?.isEmpty == true else { return }
        Output.complain(
            "nobody can log in yet; make the first user, who may do everything, with: "
                + "clone-vm user add \(Session.administrator) --state \(stateDirectory)"
        )
    }
}
