// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
public import Web
public import WebClient

/// A registry that speaks the OCI distribution specification 1.1, or Docker's registry protocol v2.
public final class RegistryClient: ArtifactStore {
    /// Scheme, host and port.
    public let origin: Origin
    /// How messages name the registry.
    public var name: String { origin.description }
    let http: HTTPClient
    private let authenticator: RegistryAuthenticator
    /// What is known of blobs and manifests, so that nothing is asked for twice and equal bytes move once.
    let places: Guarded<BlobPlaces>
    /// Manifests that were read.
    let manifests: Guarded<ManifestCache>
    /// Lets one reading at a time of a manifest, whose bytes the others take from the cache.
    let manifestReads: KeyedGate<ContentPlace>
    /// Lets one push at a time to a place, and, where mounts are to be had, one of a digest.
    let pushes: KeyedGate<PushKey>
    /// Lets one batch of questions at a time, so that all of a run together keep to `questionsAtOnce`.
    let questions: SerialGate
    /// Whether the registry has answered somebody it knows nothing of.
    private let isOpen: Guarded<Bool>
    /// Lets one referrer at a time into a list that is read, changed and written.
    let referrerGate: SerialGate
    /// How uploads of large blobs can be gone on with by another process; nil when they cannot.
    let continuation: UploadContinuation?

    /// A client for one registry.
    ///
    /// - Parameters:
    ///   - serviceCredentials: who we are to a token service that may not have the registry's credentials.
    ///   - credentials: who we are in a repository; asked for when the registry wants to know.
    public init(
        origin: Origin, http: HTTPClient,
        serviceCredentials: @escaping @Sendable (_ service: Origin) async throws -> RegistryCredential? = { _ in nil },
        credentials: @escaping @Sendable (_ repository: String) async throws -> RegistryCredential?
    ) {
        (self.origin, self.http) = (origin, http)
        authenticator = RegistryAuthenticator(
            origin: origin, http: http, serviceCredentials: serviceCredentials, credentials: credentials)
        (places, pushes, questions) = (Guarded(BlobPlaces()), KeyedGate(), SerialGate())
        (manifests, manifestReads) = (Guarded(ManifestCache()), KeyedGate())
        (isOpen, referrerGate, continuation) = (Guarded(false), SerialGate(), nil)
    }

    private init(_ other: RegistryClient, _ continuation: UploadContinuation) {
        (origin, http, authenticator) = (other.origin, other.http, other.authenticator)
        (places, pushes, questions) = (other.places, other.pushes, other.questions)
        (manifests, manifestReads) = (other.manifests, other.manifestReads)
        (isOpen, referrerGate, self.continuation) = (other.isOpen, other.referrerGate, continuation)
    }

    /// The same client, which notes uploads of large blobs in a journal and goes on with those it finds there.
    ///
    /// - Parameter sender: what the bytes of such a blob are sent with; by default this client's own connections.
    public func journaling(with journal: any UploadJournal, sender: (any UploadSender)? = nil) -> RegistryClient {
        RegistryClient(self, UploadContinuation(journal: journal, sender: sender))
    }

    static let errorLimit = 64 * 1024

    /// Asks whether the registry is there and accepts the credentials.
    public func ping() async throws {
        let response = try await send(HTTPRequest(method: .get, url: try url("/v2/")), "", .pull)
        guard response.status == 200 else { throw await fault(response, "asking \(origin)") }
    }

    func url(_ path: String) throws(Fault) -> HTTPURL { try HTTPURL("\(origin)\(path)") }

    /// Sends a request to the registry, answering its challenge once.
    ///
    /// Credentials are added only for the registry's own origin; a `Location` elsewhere is followed without them, and
    /// a challenge from elsewhere is not answered.
    func send(
        _ request: HTTPRequest, _ repository: String, _ access: RegistryScope.Access,
        mountingFrom source: String? = nil,
        through sender: (any UploadSender, UploadKey)? = nil
    ) async throws -> HTTPResponse {
        guard request.url.origin == origin else { return try await open(request, sender) }
        let scope = RegistryScope(repository: repository, access: access, mountedFrom: source)
        var request = request
        let sent = await authenticator.header(scope)
        if let sent { request.headers["Authorization"] = sent }
        let response = try await open(request, sender)
        guard response.status == 401, response.url.origin == origin else {
            if sent == nil { isOpen.withLock { $0 = true } }
            return response
        }
        let challenges = response.headers.values(for: "WWW-Authenticate")
        guard let header = try await authenticator.answer(challenges, scope, sent: sent) else { return response }
        request.headers["Authorization"] = header
        return try await open(request, sender)
    }

    /// Whether a request would be answered with a question for credentials, as far as is known.
    func isUnauthenticated(_ repository: String, _ access: RegistryScope.Access) async -> Bool {
        if isOpen.withLock({ $0 }) { return false }
        return await authenticator.header(RegistryScope(repository: repository, access: access)) == nil
    }

    private func open(
        _ request: HTTPRequest, _ sender: (any UploadSender, UploadKey)?
    ) async throws -> HTTPResponse {
        guard let (sender, key) = sender else { return try await http.open(request) }
        http.settings.observe?("→ \(request)")
        let response = try await sender.send(request, of: key)
        http.settings.observe?("← \(response.status) \(request)")
        // Whoever is sent elsewhere goes there by ordinary means.
        return [307, 308].contains(response.status) ? try await http.open(request) : response
    }

    /// What a failed answer means, with the registry's own codes.
    func fault(_ response: HTTPResponse, _ activity: String) async -> Fault {
        let bytes = try? await response.body.collect(limit: Self.errorLimit, of: "an error")
        let text = bytes.map(RegistryError.text) ?? ""
        let said = text.isEmpty ? "" : " (\(text))"
        let isElsewhere = response.url.origin != origin
        let who = isElsewhere ? "\(response.url.origin), where \(name) sends that to," : "the registry"
        let message = "\(activity): \(who) answered \(response.status)\(said)"
        guard !(isElsewhere && [401, 403].contains(response.status)) else {
            return Fault(
                response.status == 401 ? .unauthorized : .forbidden, message,
                fix: "the registry is misconfigured: credentials for it go nowhere else")
        }
        let login =
            "run `ocm login \(origin.host):\(origin.port)`, or configure a consumer of type OCIRegistry for \(origin.host)"
        return switch response.status {
        case 401: Fault(.unauthorized, message, fix: login)
        case 403: Fault(.forbidden, message, fix: "ask for access, or use other credentials: \(login)")
        case 404: Fault(.notFound, message, fix: "check the name")
        case 408: Fault(.unavailable, message, fix: "the network or the registry is slow; try again later")
        case 429: Fault(.unavailable, message, fix: "the registry limits requests; try again later")
        case 500...: Fault(.unavailable, message, fix: "the registry has trouble; try again later")
        default: Fault(.invalid, message)
        }
    }
}
