// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Web
internal import WebClient

/// What a request wants to do in a repository; a mount also reads another.
struct RegistryScope: Hashable, Sendable {
    enum Access: String, Sendable { case pull, push = "pull,push", delete = "pull,push,delete" }

    /// Empty for the registry as a whole.
    let repository: String
    let access: Access
    var mountedFrom: String?

    /// As token services know it: one item for each repository.
    var items: [String] {
        ["repository:\(repository):\(access.rawValue)"] + (mountedFrom.map { ["repository:\($0):pull"] } ?? [])
    }
}

/// Answers a registry's challenges and keeps its tokens, one for each scope.
actor RegistryAuthenticator {
    private let origin: Origin
    private let http: HTTPClient
    private let credentials: @Sendable (String) async throws -> RegistryCredential?
    private let serviceCredentials: @Sendable (Origin) async throws -> RegistryCredential?
    private var tokens: [RegistryScope: Token] = [:]
    /// Tokens that are being fetched: many requests of one scope need one.
    private var fetching: [RegistryScope: Task<Token, any Error>] = [:]
    /// What is sent as it is, by repository.
    private var direct: [String: String] = [:]
    /// Who we are by repository. To find out may start a program, so it is done once.
    private var known: [String: Task<RegistryCredential?, any Error>] = [:]

    private struct Token {
        let header: String, expires: Int64
        var isFresh: Bool { expires > Timestamp.now().seconds }
    }
    private static let answerLimit = 1024 * 1024

    init(
        origin: Origin, http: HTTPClient,
        serviceCredentials: @escaping @Sendable (Origin) async throws -> RegistryCredential?,
        credentials: @escaping @Sendable (String) async throws -> RegistryCredential?
    ) {
        (self.origin, self.http) = (origin, http)
        (self.credentials, self.serviceCredentials) = (credentials, serviceCredentials)
    }

    /// The `Authorization` header to send without having been asked; nil when none is known yet.
    func header(_ scope: RegistryScope) -> String? {
        if let header = direct[scope.repository] { return header }
        return tokens[scope].flatMap { $0.isFresh ? $0.header : nil }
    }

    /// The header that answers a 401, or nil when there is nothing to answer with.
    ///
    /// - Parameter sent: the header that was refused. Another request may have got a better one meanwhile.
    func answer(_ headers: [String], _ scope: RegistryScope, sent: String?) async throws -> String? {
        if let header = header(scope), header != sent { return header }
        tokens[scope] = nil
        guard direct.removeValue(forKey: scope.repository) == nil else { return nil }
        let challenges = headers.flatMap(AuthenticationChallenge.parse)
        let bearer = challenges.first { $0.scheme == "bearer" }
        guard bearer != nil || challenges.contains(where: { $0.scheme == "basic" }) else { return nil }
        let credential = try await credential(scope.repository)
        if case .bearer(let token)? = credential {
            direct[scope.repository] = "Bearer \(token)"
        } else if let bearer, let realm = bearer.parameters["realm"] {
            // While we asked who we are, another request of the same scope may have got a token.
            if let header = header(scope), header != sent { return header }
            let task = fetching[scope] ?? Task { try await token(realm, bearer.parameters, scope, credential) }
            fetching[scope] = task
            defer { fetching[scope] = nil }
            do {
                tokens[scope] = try await task.value
            } catch let fault as Fault {
                // A realm is the registry's word, so whatever is wrong with it is for the registry to answer.
                throw fault.about(origin.hostAndPort)
            }
            return header(scope)
        } else if bearer == nil, case .basic(let username, let password)? = credential {
            direct[scope.repository] = "Basic \(Array("\(username):\(password)".utf8).base64)"
        }
        return direct[scope.repository]
    }

    private func credential(_ repository: String) async throws -> RegistryCredential? {
        let credentials = credentials
        let task = known[repository] ?? Task { try await credentials(repository) }
        known[repository] = task
        do { return try await task.value } catch {
            known[repository] = nil
            throw error
        }
    }

    /// What a token service may be told: the registry's credentials, those that are configured for the service itself,
    /// or none.
    ///
    /// Throws `unauthorized` when there are credentials for the registry that the service may not have: a token for
    /// nobody would only hide that.
    private func allowed(_ credential: RegistryCredential?, at service: Origin) async throws -> RegistryCredential? {
        switch TokenServiceStanding(service, namedBy: origin) {
        case .trusted: return credential
        case .refused:
            throw Fault(
                .unauthorized, "\(origin) sends clients for a token to \(service), which is no place it can know",
                fix: "ask whoever runs the registry for its realm; it is misconfigured, or not what it seems")
        case .foreign:
            switch try await serviceCredentials(service) {
            case .basic(let username, let password)?: return .basic(username: username, password: password)
            case .identityToken(let token)?: return .identityToken(token)
            case .bearer?, nil: break
            }
            guard credential == nil else {
                let reason = service.scheme == "https" ? "on the word of plain HTTP" : "without encryption"
                throw Fault(
                    .unauthorized,
                    "\(origin) wants credentials sent to \(service) \(reason), which is refused",
                    fix: "use a registry and a token service that speak HTTPS, or configure credentials for "
                        + "\(service.hostAndPort) by its own name")
            }
            return nil
        }
    }

    /// Fetches a token (Docker registry token authentication).
    private func token(
        _ realm: String, _ parameters: [String: String], _ scope: RegistryScope, _ credential: RegistryCredential?
    ) async throws -> Token {
        let url = try HTTPURL(realm)
        let credential = try await allowed(credential, at: url.origin)
        let items = scope.repository.isEmpty ? parameters["scope"].map { [$0] } ?? [] : scope.items
        var fields: [(String, String)] = []
        if let service = parameters["service"] { fields.append(("service", service)) }
        var request: HTTPRequest
        // A redirect would hand a token in the body on to whoever the service names.
        var follows = true
        if case .identityToken(let token)? = credential {
            follows = false
            if !items.isEmpty { fields.append(("scope", items.joined(separator: " "))) }
            fields += [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "sovereign-ocm")]
            let form = fields.map { "\(HTTPURL.encode($0.0))=\(HTTPURL.encode($0.1))" }.joined(separator: "&")
            request = HTTPRequest(
                method: .post, url: url, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: .bytes(Array(form.utf8)))
        } else {
            request = HTTPRequest(method: .get, url: url.appendingQuery(fields + items.map { ("scope", $0) }))
            if case .basic(let username, let password)? = credential {
                request.headers["Authorization"] = "Basic \(Array("\(username):\(password)".utf8).base64)"
            }
        }
        let question = request, thing = "the answer of \(url.redacted)"
        let (response, bytes) = try await http.document(limit: Self.answerLimit, of: thing, isRepeated: follows) {
            try await http.open(question, followingRedirects: follows)
        }
        guard let bytes else {
            throw Fault(
                response.status >= 500 || [408, 429].contains(response.status) ? .unavailable : .unauthorized,
                "the token service \(url.redacted) answered \(response.status)\(credential == nil ? "; no credentials are configured" : "")",
                fix: "run `ocm login \(origin.host):\(origin.port)`, or configure a consumer of type OCIRegistry")
        }
        let json = try JSON(parsing: bytes, source: thing)
        guard let text = json["token"]?.string ?? json["access_token"]?.string, !text.isEmpty else {
            throw Fault(.unauthorized, "the token service \(url.redacted) gave no token")
        }
        let life = min(max(json["expires_in"]?.int ?? 60, 10), 3600)
        return Token(header: "Bearer \(text)", expires: Timestamp.now().seconds + life - 5)
    }
}
