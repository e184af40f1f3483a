// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Web
internal import WebClient

/// Answers a registry's challenges and keeps its tokens, one for each repository and kind of access.
actor RegistryAuthenticator {
    /// What a request wants to do in a repository.
    enum Access: String, Sendable { case pull, push = "pull,push", delete = "pull,push,delete" }

    private let origin: Origin
    private let http: HTTPClient
    private let credentials: @Sendable (String) async throws -> RegistryCredential?
    private var tokens: [Scope: Token] = [:]
    private var usesBasic: Set<String> = []

    private struct Scope: Hashable { let repository: String, access: Access }
    private struct Token { let header: String, expires: Int64 }
    private static let answerLimit = 1024 * 1024

    init(
        origin: Origin, http: HTTPClient, credentials: @escaping @Sendable (String) async throws -> RegistryCredential?
    ) {
        (self.origin, self.http, self.credentials) = (origin, http, credentials)
    }

    /// The `Authorization` header to send without having been asked; nil when none is known yet.
    func header(_ repository: String, _ access: Access) async throws -> String? {
        if usesBasic.contains(repository) { return try await basicHeader(repository) }
        if case .bearer(let token)? = try await credentials(repository) { return "Bearer \(token)" }
        guard let token = tokens[Scope(repository: repository, access: access)], token.expires > Timestamp.now().seconds
        else {
            return nil
        }
        return token.header
    }

    /// The header that answers a 401, or nil when there is nothing to answer with.
    func answer(_ headers: [String], _ repository: String, _ access: Access) async throws -> String? {
        tokens[Scope(repository: repository, access: access)] = nil
        let challenges = headers.flatMap(AuthenticationChallenge.parse)
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"] {
            let token = try await token(realm, bearer.parameters, repository, access)
            tokens[Scope(repository: repository, access: access)] = token
            return token.header
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else { return nil }
        guard let header = try await basicHeader(repository) else { return nil }
        usesBasic.insert(repository)
        return header
    }

    private func basicHeader(_ repository: String) async throws -> String? {
        guard case .basic(let username, let password)? = try await credentials(repository) else { return nil }
        return "Basic \(Array("\(username):\(password)".utf8).base64)"
    }

    /// Fetches a token (Docker registry token authentication).
    private func token(
        _ realm: String, _ parameters: [String: String], _ repository: String, _ access: Access
    ) async throws -> Token {
        let url = try HTTPURL(realm)
        var credential = try await credentials(repository)
        // A realm is named by the server. Over plain HTTP a password goes to nobody but the registry itself.
        if url.origin.scheme != "https" && url.origin.host != origin.host
            && !(url.origin.isLoopback && origin.isLoopback)
        {
            guard credential == nil else {
                throw Fault(
                    .unauthorized,
                    "\(origin) wants credentials sent to \(url.origin) without encryption, which is refused",
                    fix: "use a registry whose token service speaks HTTPS")
            }
            credential = nil
        }
        let scope = repository.isEmpty ? parameters["scope"] : "repository:\(repository):\(access.rawValue)"
        var fields: [(String, String)] = []
        if let service = parameters["service"] { fields.append(("service", service)) }
        if let scope { fields.append(("scope", scope)) }
        var request: HTTPRequest
        if case .identityToken(let token)? = credential {
            fields += [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "sovereign-ocm")]
            let form = fields.map { "\(HTTPURL.encode($0.0))=\(HTTPURL.encode($0.1))" }.joined(separator: "&")
            request = HTTPRequest(
                method: .post, url: url, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: .bytes(Array(form.utf8)))
        } else {
            request = HTTPRequest(method: .get, url: url.appendingQuery(fields))
            if case .basic(let username, let password)? = credential {
                request.headers["Authorization"] = "Basic \(Array("\(username):\(password)".utf8).base64)"
            }
        }
        let response = try await http.open(request)
        guard response.status == 200 else {
            throw Fault(
                response.status >= 500 ? .unavailable : .unauthorized,
                "the token service \(url.redacted) answered \(response.status)\(credential == nil ? "; no credentials are configured" : "")",
                fix: "run `ocm login \(origin.host):\(origin.port)`, or configure a consumer of type OCIRegistry")
        }
        let bytes = try await response.body.collect(limit: Self.answerLimit, of: "the answer of \(url.redacted)")
        let json = try JSON(parsing: bytes, source: "the answer of \(url.redacted)")
        guard let text = json["token"]?.string ?? json["access_token"]?.string, !text.isEmpty else {
            throw Fault(.unauthorized, "the token service \(url.redacted) gave no token")
        }
        let life = min(max(json["expires_in"]?.int ?? 60, 10), 3600)
        return Token(header: "Bearer \(text)", expires: Timestamp.now().seconds + life - 5)
    }
}
