// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine
internal import HTTPTypes

extension EngineError {
    /// The status by which HTTP tells the kind of an error, as oVirt does.
    var httpStatus: HTTPResponse.Status {
        switch kind {
        case .badRequest: .badRequest
        case .conflict: .conflict
        case .internalError: .internalServerError
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .unauthenticated: .unauthorized
        case .tooManyRequests: .tooManyRequests
        }
    }
}
