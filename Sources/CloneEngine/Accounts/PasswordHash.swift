// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import Foundation
internal import GRDB

/// What is kept of a password: a code made with the key that scrypt (RFC 7914) derives from it, and
/// the salt and cost of that, so that the cost may grow and older hashes still be judged.
struct PasswordHash: Codable, Hashable, Sendable, DatabaseValueConvertible {
    private let costLog2: Int
    private let salt: Data
    private let code: Data

    /// 32 MiB and about a tenth of a second for each try.
    private static let costLog2 = 15
    /// A stored hash that asks for more than this has been tampered with.
    private static let maximumCostLog2 = 20
    private static let saltBytes = 16
    private static let purpose = Data("clone-vm password".utf8)

    /// Hashes a new password.
    init(of password: String) throws {
        costLog2 = PasswordHash.costLog2
        salt = Data.random(byteCount: PasswordHash.saltBytes)
        let key = try PasswordHash.key(password, salt, costLog2)
        code = Data(HMAC<SHA256>.authenticationCode(for: PasswordHash.purpose, using: key))
    }

    /// True when it is the hash of a password; takes the same time whether or not it is.
    func matches(_ password: String) throws -> Bool {
        let key = try PasswordHash.key(password, salt, costLog2)
        return HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: PasswordHash.purpose,
            using: key
        )
    }

    private static func key(_ password: String, _ salt: Data, _ costLog2: Int) throws
        -> SymmetricKey
    {
        try KDF.Scrypt.deriveKey(
            from: Data(password.utf8),
            salt: salt,
            outputByteCount: SHA256.byteCount,
            rounds: 1 << costLog2,
            blockSize: 8,
            parallelism: 1
        )
    }
}

extension PasswordHash: RawRepresentable {
    /// `$scrypt-hmac$ln=15$SALT$CODE`, both in Base64.
    var rawValue: String {
        let texts = [salt, code].map { $0.base64EncodedString() }
        return "$scrypt-hmac$ln=\(costLog2)$" + texts.joined(separator: "$")
    }

    init?(rawValue text: String) {
        let parts = text.split(separator: "$")
        guard parts.count == 4, parts[0] == "scrypt-hmac", parts[1].hasPrefix("ln="),
            let cost = Int(parts[1].dropFirst(3)),
            (1...PasswordHash.maximumCostLog2).contains(cost),
            let salt = Data(base64Encoded: String(parts[2])),
            let code = Data(base64Encoded: String(parts[3]))
        else { return nil }
        (costLog2, self.salt, self.code) = (cost, salt, code)
    }
}

extension Data {
    /// Bytes that nobody can guess.
    static func random(byteCount: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
