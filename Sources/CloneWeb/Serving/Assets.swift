// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// A file that pages refer to, and that is a part of the program.
struct Asset: Sendable {
    let name: String
    let type: String
    let bytes: [UInt8]
    /// The beginning of its hash: another content is another URL.
    let tag: String

    init(_ name: String, _ type: String, _ bytes: [UInt8]) {
        (self.name, self.type, self.bytes) = (name, type, bytes)
        tag = SHA256.hash(data: bytes).prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    var path: String { "\(WebRoutes.root)/assets/\(tag)/\(name)" }

    static let style = Asset("app.css", "text/css; charset=utf-8", PackageResources.app_css)
    static let script = Asset("app.js", "text/javascript; charset=utf-8", PackageResources.app_js)
    static let icon = Asset("icon.svg", "image/svg+xml", PackageResources.icon_svg)
    static let all = [style, script, icon]
}

/// Where a page finds them.
struct AssetPaths: Sendable {
    let style = Asset.style.path
    let script = Asset.script.path
    let icon = Asset.icon.path
}

/// Serves them to anybody; a browser that has one never asks again.
struct AssetRoutes: Sendable {
    func add(to group: RouterGroup<WebContext>) {
        for asset in Asset.all {
            group.get("assets/\(asset.tag)/\(asset.name)") { request, _ in
                AssetRoutes.response(of: asset, to: request)
            }
        }
    }

    private static func response(of asset: Asset, to request: Request) -> Response {
        let tag = "\"\(asset.tag)\""
        let headers: HTTPFields = [
            .contentType: asset.type,
            .cacheControl: "public, max-age=31536000, immutable",
            .eTag: tag,
        ]
        guard request.headers[.ifNoneMatch] != tag else {
            return Response(status: .notModified, headers: headers)
        }
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes))
        return Response(status: .ok, headers: headers, body: body)
    }
}
