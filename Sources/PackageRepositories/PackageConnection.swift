// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web
public import WebClient

/// A kind of place that software packages are kept in.
public enum PackageKind: String, Sendable, CaseIterable {
    /// A Maven repository.
    case maven
    /// An npm registry.
    case npm
    /// A bucket of S3 or of a service that speaks its protocol.
    case s3
    /// A plain web server.
    case http
    /// A Helm chart repository.
    case helm
    /// GitHub, or GitHub Enterprise.
    case gitHub
}

/// How package repositories are reached: one HTTP client, and who we are at an address.
public struct PackageConnection: Sendable {
    /// The client that sends requests.
    public let http: HTTPClient
    /// Where large things are put for a while; nil for the usual place.
    public let temporaryFolder: String?
    private let credential: @Sendable (PackageKind, HTTPURL) -> PackageCredential?

    /// A connection.
    ///
    /// - Parameter credential: asked for the address of every request, so that it can give each origin its own
    ///   credential and others none; nil means to try without.
    public init(
        http: HTTPClient, temporaryFolder: String? = nil,
        credential: @escaping @Sendable (PackageKind, HTTPURL) -> PackageCredential? = { _, _ in nil }
    ) {
        (self.http, self.temporaryFolder, self.credential) = (http, temporaryFolder, credential)
    }

    /// Who we are at an address.
    func credential(_ kind: PackageKind, for url: HTTPURL) -> PackageCredential? { credential(kind, url) }

    /// Sends a request with the credential for its address; any status is an answer.
    ///
    /// The client drops the credential when a redirect leads to another origin.
    func send(_ request: HTTPRequest, _ kind: PackageKind) async throws -> HTTPResponse {
        var request = request
        if request.headers["Authorization"] == nil, let value = credential(kind, for: request.url)?.authorization {
            request.headers["Authorization"] = value
        }
        return try await http.open(request)
    }
}
