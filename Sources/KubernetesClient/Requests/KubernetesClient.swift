// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Kubernetes
internal import Web
internal import WebClient

/// A client of a cluster's API, for all its resources, built-in and custom.
///
/// Refusals of the server are thrown as `APIStatus`; what goes wrong on the way is a `Fault`. Every answer has a limit.
/// Credentials go to the cluster's own origin and nowhere else: redirects are not followed, and no message, log or
/// description shows them. What is refused with 429 is asked again, within bounds; reads also after 503 with
/// `Retry-After` and after lost connections. After 401, tokens of files and plug-ins are renewed once.
public final class KubernetesClient: Sendable {
    /// Where it goes.
    public let configuration: ClusterConfiguration
    /// How it behaves.
    public let settings: KubernetesClientSettings
    let authenticator: ClusterAuthenticator
    private let requests: HTTPClient
    /// Of its own, since nobody may say anything on a watch for minutes.
    private let streams: HTTPClient
    /// For what may say nothing for ever.
    private let endless: HTTPClient
    /// How WebSockets are opened.
    let socketSettings: HTTPClientSettings

    /// Makes a client; it connects with its first request. Throws `.invalid` and `.unsupported` for configurations that
    /// cannot be used.
    public init(
        _ configuration: ClusterConfiguration, _ settings: KubernetesClientSettings = KubernetesClientSettings()
    ) throws(Fault) {
        try configuration.check()
        (self.configuration, self.settings) = (configuration, settings)
        let authenticator = ClusterAuthenticator(configuration, environment: settings.environment, now: settings.now)
        self.authenticator = authenticator
        var http = HTTPClientSettings()
        (http.userAgent, http.observe, http.idleTimeout) = (settings.userAgent, settings.observe, settings.idleTimeout)
        let (origin, proxy) = (configuration.server.origin, configuration.proxy)
        http.tls = { $0 == origin ? authenticator.tls.withLock { $0 } : TLSSettings() }
        http.proxy = { _ in proxy }
        // A page of a list that trickles in holds its reader up for minutes, not for days.
        http.lowestSpeed = 1024
        requests = HTTPClient(http)
        http.idleTimeout = .seconds(settings.watchSeconds.upperBound + 30)
        http.lowestSpeed = 0
        streams = HTTPClient(http)
        // A dead connection is noticed by TCP all the same.
        http.idleTimeout = .seconds(365 * 86_400)
        endless = HTTPClient(http)
        socketSettings = http
    }

    /// Which connections a request uses.
    enum Channel { case request, stream, endless }

    /// Sends a request until there is an answer; throws what the server says when it refuses.
    func exchange<Result: Sendable>(
        _ request: APIRequest, on channel: Channel = .request,
        _ handle: @Sendable (HTTPResponse) async throws -> Result
    ) async throws -> Result {
        var mayRenew = true
        var attempt = 1
        while true {
            let delay: Duration
            do {
                let identity = try await authenticator.identity()
                let client = channel == .request ? requests : channel == .stream ? streams : endless
                let response = try await client.open(
                    try encoded(request, identity), retry: false, followingRedirects: false)
                for warning in response.headers.values(for: "Warning") { report(warning) }
                switch response.status {
                case 200..<300: return try await handle(response)
                case 300..<400:
                    throw Fault(
                        .invalid, "\(configuration) answers \(request) with a redirect, which is not followed",
                        fix: "check the server's URL")
                default: break
                }
                let refusal = try await self.refusal(response, of: request)
                if refusal.code == 401, mayRenew, await authenticator.refused(identity) {
                    mayRenew = false
                    continue
                }
                guard let wait = self.delay(refusal, request, attempt) else { throw refusal }
                delay = wait
            } catch let fault as Fault where fault.code == .unavailable && request.method.isSafe && channel == .request
            {
                guard attempt < settings.attempts else { throw fault }
                delay = BackOff.delay(attempt, first: .milliseconds(200), longest: .seconds(5))
            }
            settings.observe?("… \(request) again in \(decimal(delay / .seconds(1), digits: 1)) s")
            try await settings.sleep(delay)
            attempt += 1
        }
    }

    /// How long to wait before asking again; nil when the refusal stands.
    private func delay(_ refusal: APIStatus, _ request: APIRequest, _ attempt: Int) -> Duration? {
        guard attempt < settings.attempts, let seconds = refusal.retryAfterSeconds,
            Duration.seconds(seconds) <= settings.longestRetryAfter
        else { return nil }
        // Nothing has come of what is refused with 429; of 503 one cannot say.
        let isSafe = request.method.isSafe || request.isRepeatable
        guard refusal.code == 429 || isSafe && (refusal.code == 503 || refusal.code == 500 || refusal.code == 504)
        else {
            return nil
        }
        return max(.seconds(seconds), BackOff.delay(attempt, first: .milliseconds(50), longest: .seconds(1)))
    }

    private func refusal(_ response: HTTPResponse, of request: APIRequest) async throws -> APIStatus {
        // A refusal that is cut off or endless is one all the same.
        let body = (try? await response.body.collect(limit: APIStatus.limit)) ?? []
        try Task.checkCancellation()
        return APIStatus.refusal(response.status, headers: response.headers, body: body, of: request)
    }

    func encoded(_ request: APIRequest, _ identity: ClusterAuthenticator.Identity) throws(Fault) -> HTTPRequest {
        var url = try self.url(request.path)
        if !request.query.isEmpty { url = url.appendingQuery(request.query) }
        var encoded = HTTPRequest(method: request.method, url: url, headers: request.headers)
        encoded.headers["Accept"] = request.accept
        if let body = request.body {
            encoded.headers["Content-Type"] = body.type
            encoded.body = .bytes(body.bytes)
        }
        for (name, value) in credentials(identity) { encoded.headers.add(name, value) }
        encoded.sensitiveHeaders = Self.impersonationFields
        return encoded
    }

    /// A path below the server's URL.
    func url(_ path: String) throws(Fault) -> HTTPURL {
        guard path.hasPrefix("/"), !path.contains("?"), !path.contains("#") else {
            throw Fault(.invalid, "“\(path.prefix(80))” is no path of an API", fix: "begin it with a slash")
        }
        let base = configuration.server.redacted
        return try HTTPURL((base.hasSuffix("/") ? String(base.dropLast()) : base) + path)
    }

    private static let impersonationFields = ["Impersonate-User", "Impersonate-Uid", "Impersonate-Group"]

    /// The fields that say who we are.
    func credentials(_ identity: ClusterAuthenticator.Identity) -> [(String, String)] {
        var fields: [(String, String)] = []
        if let authorization = identity.authorization { fields.append(("Authorization", authorization.value)) }
        let other = configuration.user.impersonation
        if let user = other.user { fields.append(("Impersonate-User", user)) }
        if let uid = other.uid { fields.append(("Impersonate-Uid", uid)) }
        for group in other.groups { fields.append(("Impersonate-Group", group)) }
        for (key, values) in other.extra.sorted(by: { $0.key < $1.key }) {
            for value in values { fields.append(("Impersonate-Extra-\(HTTPURL.encode(key))", value)) }
        }
        return fields
    }

    /// Passes on what stands in `Warning: 299 - "text"` (RFC 7234 section 5.5).
    private func report(_ field: String) {
        guard let warn = settings.warn, field.hasPrefix("299 "), let start = field.firstIndex(of: "\"") else { return }
        var text = ""
        var isEscaped = false
        for character in field[field.index(after: start)...] {
            if !isEscaped, character == "\"" { break }
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            isEscaped = false
            text.append(character)
        }
        if !text.isEmpty { warn(text) }
    }
}
