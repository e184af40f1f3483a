// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

/// A file on a web server that takes uploads.
public struct WebFile: Sendable {
    private let url: HTTPURL
    private let connection: PackageConnection

    /// A file at an address.
    public init(_ url: HTTPURL, _ connection: PackageConnection) { (self.url, self.connection) = (url, connection) }

    /// How a file is put there.
    public struct Options: Sendable {
        /// `PUT`, or what the server wants instead: `POST` or `PATCH`.
        public var method = HTTPMethod.put
        /// More fields for the request.
        public var headers = HTTPHeaders()
        /// Whether other content that is there may be written over.
        public var replacing = false

        /// The defaults above.
        public init() {}
    }

    /// The fields that are the client's business.
    private static let reserved = [
        "host", "content-length", "transfer-encoding", "connection", "authorization", "proxy-authorization", "cookie",
        "expect", "if-none-match", "if-match",
    ]

    /// Puts bytes there.
    ///
    /// What is there already is compared byte by byte: equal is `.alreadyThere`, other content a `.conflict` unless
    /// replacing is asked for. Servers that know conditions (RFC 9110 section 13) also refuse what another writer put
    /// there in between. Afterwards the size that the server tells is compared; an entity tag says nothing about bytes
    /// that all servers agree on, so it is not.
    public func publish(
        _ content: PackageContent, mediaType: String, options: Options = Options()
    ) async throws -> PublishOutcome {
        guard [.put, .post, .patch].contains(options.method) else {
            throw Fault(.invalid, "\(options.method) uploads nothing", fix: "use PUT, POST or PATCH")
        }
        var headers: HTTPHeaders = ["Content-Type": mediaType]
        for (name, value) in options.headers {
            guard HTTPToken.isValid(name), !Self.reserved.contains(name.lowercased()) else {
                throw Fault(
                    .invalid, "the field “\(name.prefix(100))” cannot be chosen for an upload",
                    fix: "leave it out; credentials come from the configuration")
            }
            if name.lowercased() == "content-type" { headers[name] = nil }
            headers.add(name, value)
        }
        return try await connection.place(
            content, at: url, .http, thing: "upload", headers: headers, method: options.method,
            replacing: options.replacing)
    }
}
