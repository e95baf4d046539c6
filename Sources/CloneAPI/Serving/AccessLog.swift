// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// What is logged of one request.
struct AccessLog {
    var correlationID: String?
    var userName: String?
    /// What nobody has foreseen, and the client does not learn.
    var failure: String?
    private let request: Request
    private let logger: Logger

    init(_ request: Request, _ logger: Logger) { (self.request, self.logger) = (request, logger) }

    /// Writes the line; searches are left out, since they may tell of what is private.
    func write(_ status: HTTPResponse.Status, _ duration: Duration) {
        let milliseconds = duration / .milliseconds(1)
        var metadata: Logger.Metadata = [
            "method": "\(request.method)", "path": "\(request.uri.path)",
            "status": "\(status.code)", "peer": "\(request.headers[.peerAddress] ?? "-")",
            "user": "\(userName ?? "-")", "correlation_id": "\(correlationID ?? "-")",
            "milliseconds": "\((milliseconds * 1000).rounded() / 1000)",
        ]
        metadata["error"] = failure.map { "\($0)" }
        logger.log(level: failure == nil ? .info : .error, "request", metadata: metadata)
    }
}
