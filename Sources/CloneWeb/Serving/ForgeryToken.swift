// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation

/// What a form sends to show that a page of this site has made it, for this session.
enum ForgeryToken {
    /// The field that has it.
    static let field = "csrf"

    /// The token of a session: who knows it does not know the session's.
    static func value(for sessionToken: String) -> String {
        code(for: sessionToken).map { String(format: "%02x", $0) }.joined()
    }

    /// Compares in a time that tells nothing.
    static func isRight(_ text: String, for sessionToken: String) -> Bool {
        guard let bytes = bytes(of: text) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            bytes,
            authenticating: purpose,
            using: key(of: sessionToken)
        )
    }

    private static let purpose = Data("form".utf8)

    private static func key(of token: String) -> SymmetricKey {
        SymmetricKey(data: Data(token.utf8))
    }

    private static func code(for token: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: purpose, using: key(of: token))
    }

    private static func bytes(of text: String) -> Data? {
        let digits = Array(text.utf8)
        guard digits.count == 2 * SHA256.byteCount else { return nil }
        let pairs = stride(from: 0, to: digits.count, by: 2).map { digits[$0...($0 + 1)] }
        let bytes = pairs.compactMap { UInt8(String(decoding: $0, as: UTF8.self), radix: 16) }
        return bytes.count == SHA256.byteCount ? Data(bytes) : nil
    }
}
