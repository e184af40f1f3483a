// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Web
internal import WebClient

extension RepositoryConnections {
    /// Streams what a web server delivers. Credentials of the configuration are used for its origin.
    ///
    /// Throws when the answer is no success, and `.limitExceeded` behind `limit` bytes.
    /// - Parameter consumers: the types of consumer whose credentials fit, the first that is configured counts.
    func download(
        _ request: HTTPRequest, thing: String, followingRedirects: Bool, limit: Int64, consumers: [String] = ["Wget"]
    ) async throws -> ByteStream {
        let response = try await open(
            request, thing: thing, followingRedirects: followingRedirects, consumers: consumers)
        return response.body.limited(to: limit, of: thing)
    }

    /// Downloads into a temporary file that lives as long as the content does.
    func spool(
        _ request: HTTPRequest, thing: String, followingRedirects: Bool, limit: Int64
    ) async throws -> (content: BlobContent, contentType: String?) {
        let response = try await open(request, thing: thing, followingRedirects: followingRedirects)
        let folder = try TemporaryFolder(in: temporaryFolder)
        let path = "\(folder.path)/download"
        let file = try FileHandle(creating: path, mode: 0o600)
        var hasher = DigestHasher()
        var size: Int64 = 0
        for try await chunk in try folder.covering(response.body.limited(to: limit, of: thing), for: thing) {
            hasher.update(chunk)
            try file.write(chunk)
            size += Int64(chunk.count)
        }
        let content = BlobContent(
            mediaType: "application/octet-stream", digest: hasher.finalize(), size: size, file: (path, 0..<size)
        ) { [folder] in
            _ = folder  // keeps the file until the last reader is done
            return try ByteStream(file: path)
        }
        return (content, response.headers["Content-Type"])
    }

    private func open(
        _ request: HTTPRequest, thing: String, followingRedirects: Bool, consumers: [String] = ["Wget"]
    ) async throws -> HTTPResponse {
        var request = request
        let identities = consumers.map { ConsumerIdentity(type: $0, url: request.url) }
        if let credential = identities.lazy.compactMap(credentials.credential(for:)).first {
            if let token = credential.value("identityToken", "token") {
                request.headers["Authorization"] = "Bearer \(token)"
            } else if let name = credential.value("username") {
                let pair = "\(name):\(credential.value("password") ?? "")"
                request.headers["Authorization"] = "Basic \(Array(pair.utf8).base64)"
            }
        }
        let response = try await http.open(request, followingRedirects: followingRedirects)
        guard (200..<300).contains(response.status) else {
            let code: Fault.Code =
                switch response.status {
                case 401: .unauthorized
                case 403: .forbidden
                case 404, 410: .notFound
                case 429, 500...: .unavailable
                default: .invalid
                }
            throw Fault(
                code, "\(thing): \(request.method.name) \(request.url.redacted) answered \(response.status)",
                fix: code == .unauthorized
                    ? "configure a consumer of type \(consumers.first ?? "Wget") for \(request.url.origin.host)"
                    : "check the address")
        }
        return response
    }
}
