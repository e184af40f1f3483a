// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Web
internal import WebClient

/// Content that a web server delivers: the `wget` access and input.
struct WebAccess: Sendable {
    let request: HTTPRequest
    let mediaType: String?
    let thing: String
    let followsRedirects: Bool

    /// The most bytes a web server may deliver for one resource.
    static let sizeLimit: Int64 = 64 << 30

    init(_ specification: TypedSpecification, thing: String) throws(Fault) {
        let json = specification.json
        guard let text = json["url"]?.string else {
            throw Fault(.invalid, "\(thing) has no “url”", fix: "add the address to download from")
        }
        var headers = HTTPHeaders()
        for (name, values) in json["header"]?.object ?? JSONObject() {
            for value in values.array ?? [values] {
                guard let value = value.string else {
                    throw Fault(.invalid, "\(thing): the header “\(name)” is no list of strings")
                }
                headers.add(name, value)
            }
        }
        let body: HTTPRequestBody = json["body"]?.string.map { .bytes(Array($0.utf8)) } ?? .none
        let method = HTTPMethod(json["verb"]?.string?.uppercased() ?? "GET")
        request = HTTPRequest(method: method, url: try HTTPURL(text), headers: headers, body: body)
        mediaType = json["mediaType"]?.string
        followsRedirects = !(json["noRedirect"]?.bool ?? json["noredirect"]?.bool ?? false)
        self.thing = thing
    }

    /// The content with the media type given, or the one the server names.
    func content(_ connections: RepositoryConnections) throws -> BlobContent {
        let (request, thing, follows) = (request, thing, followsRedirects)
        return BlobContent(mediaType: mediaType ?? "application/octet-stream") {
            try await connections.download(request, thing: thing, followingRedirects: follows, limit: Self.sizeLimit)
        }
    }

    /// The content in a temporary file, so that its digest, size and the media type the server names are known.
    func spooled(_ connections: RepositoryConnections) async throws -> BlobContent {
        var (content, contentType) = try await connections.spool(
            request, thing: thing, followingRedirects: followsRedirects, limit: Self.sizeLimit)
        content.mediaType = mediaType ?? contentType ?? content.mediaType
        return content
    }
}
