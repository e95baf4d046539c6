// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import SwiftASN1
internal import X509

/// The authority that vouches for this host's certificate, made at the first start.
///
/// Its key never leaves the directory, which only its owner can read.
struct CertificateAuthority {
    /// The files of a server's certificate.
    struct ServerFiles {
        let certificate: String
        let key: String
        /// The certificate that clients have to trust.
        let authority: String
    }

    private static let authorityDays = 3650
    /// What browsers take at most.
    private static let serverDays = 397
    /// A certificate that ends within these is made anew.
    private static let renewalDays = 30

    private let directory: String
    private let certificate: Certificate
    private let key: P256.Signing.PrivateKey

    /// Opens the authority of a directory, or makes it.
    init(in directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        if let (certificate, key) = CertificateAuthority.read(directory, "ca") {
            (self.certificate, self.key) = (certificate, key)
            return
        }
        key = P256.Signing.PrivateKey()
        certificate = try CertificateAuthority.makeAuthority(key)
        try write(certificate, key, "ca")
    }

    /// The files of a certificate for this host, by all its names; made where there is none, or when
    /// its time is nearly over.
    func serverFiles(for addresses: [String]) throws -> ServerFiles {
        let names = HostNames(with: addresses)
        let known = CertificateAuthority.read(directory, "server")?.certificate
        if known.map({ isGood($0, for: names) }) != true {
            let key = P256.Signing.PrivateKey()
            try write(makeServer(names, key), key, "server")
        }
        return ServerFiles(
            certificate: directory + "/server.pem",
            key: directory + "/server.key",
            authority: directory + "/ca.pem"
        )
    }

    private func isGood(_ known: Certificate, for names: HostNames) -> Bool {
        let end = Date(timeIntervalSinceNow: .days(CertificateAuthority.renewalDays))
        let alternatives = try? known.extensions.subjectAlternativeNames
        return known.issuer == certificate.subject && known.notValidAfter > end
            && self.key.publicKey.vouches(for: known)
            && alternatives.map(Set.init) == Set(names.alternatives)
    }

    private static func makeAuthority(_ key: P256.Signing.PrivateKey) throws -> Certificate {
        // A name of its own, so that clients which know several tell them apart.
        let name = try DistinguishedName {
            CommonName("clone-vm authority \(UUID().uuidString.lowercased().prefix(8))")
        }
        return try Certificate(
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            days: authorityDays,
            issuer: name,
            subject: name,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
            },
            issuerPrivateKey: .init(key)
        )
    }

    private func makeServer(
        _ names: HostNames,
        _ serverKey: P256.Signing.PrivateKey
    ) throws -> Certificate {
        try Certificate(
            serialNumber: .init(),
            publicKey: .init(serverKey.publicKey),
            days: CertificateAuthority.serverDays,
            issuer: certificate.subject,
            subject: DistinguishedName { CommonName(names.commonName) },
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.alternatives)
                SubjectKeyIdentifier(hash: Certificate.PublicKey(serverKey.publicKey))
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier
                )
            },
            issuerPrivateKey: .init(key)
        )
    }

    private static func read(
        _ directory: String,
        _ name: String
    ) -> (certificate: Certificate, key: P256.Signing.PrivateKey)? {
        guard
            let certificateText = try? String(
                contentsOfFile: "\(directory)/\(name).pem",
                encoding: .utf8
            ),
            let keyText = try? String(contentsOfFile: "\(directory)/\(name).key", encoding: .utf8),
            let certificate = try? Certificate(pemEncoded: certificateText),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText),
            certificate.publicKey == Certificate.PublicKey(key.publicKey)
        else { return nil }
        return (certificate, key)
    }

    /// Writes both under names of their own first, so that nobody reads half of one.
    private func write(
        _ certificate: Certificate,
        _ key: P256.Signing.PrivateKey,
        _ name: String
    ) throws {
        let pem = try certificate.serializeAsPEM().pemString + "\n"
        for (text, ending, mode) in [
            (key.pemRepresentation + "\n", "key", 0o600), (pem, "pem", 0o644),
        ] {
            let path = "\(directory)/\(name).\(ending)"
            try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
    }
}

extension P256.Signing.PublicKey {
    /// True when a certificate was signed with this key.
    fileprivate func vouches(for certificate: Certificate) -> Bool {
        Certificate.PublicKey(self).isValidSignature(certificate.signature, for: certificate)
    }
}

extension TimeInterval {
    fileprivate static func days(_ count: Int) -> TimeInterval { TimeInterval(count) * 86400 }
}

extension Certificate {
    /// A certificate that is valid from an hour ago, since clocks differ.
    fileprivate init(
        serialNumber: SerialNumber,
        publicKey: PublicKey,
        days: Int,
        issuer: DistinguishedName,
        subject: DistinguishedName,
        extensions: Extensions,
        issuerPrivateKey: PrivateKey
    ) throws {
        try self.init(
            version: .v3,
            serialNumber: serialNumber,
            publicKey: publicKey,
            notValidBefore: Date(timeIntervalSinceNow: -3600),
            notValidAfter: Date(timeIntervalSinceNow: .days(days)),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: issuerPrivateKey
        )
    }
}
