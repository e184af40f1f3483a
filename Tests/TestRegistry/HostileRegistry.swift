// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// An OCI registry on a loopback socket whose every byte on the wire can be made wrong.
///
/// It is honest but for its rules: it pulls, pushes in one request and in pieces, mounts, lists, answers ranges, and
/// asks for passwords or tokens, with its content in memory. A second port is another origin: it answers the same
/// requests, honestly and without asking who one is, so that whatever is lured there goes on; `leaks` says which
/// secrets came along. All ends with the object.
public final class HostileRegistry: Sendable {
    /// Whom it lets in.
    public enum Access: String, Sendable, CaseIterable {
        /// Everybody.
        case open
        /// A name and a password with each request.
        case basic
        /// A token for each repository, from a token service of its own at `/token`.
        case token
    }

    /// What it lets in with; no other origin may see any of them.
    public static let user = "carrier"
    public static let password = "swordfish-4711"
    public static let identityToken = "identity-token-0815"

    /// The registry's port, and that of the other origin.
    public let port: Int, foreignPort: Int
    private let registry: WireListener, foreign: WireListener
    let state: Guarded<State>

    struct State: Sendable {
        var content = RegistryContent()
        var gate: RegistryGate
        var faults: [RegistryFault]
        var counts: [RegistryStage: Int] = [:]
        var fired: [Int] = []
        var requests: [WireRequest] = []
        var sentBytes = 0
        var underWay: [RegistryStage: Int] = [:]
        var mostAtOnce: [RegistryStage: Int] = [:]
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - scheme: how clients reach it, `https` behind something that speaks TLS for it.
    ///   - port: where it listens; 0 for any free port.
    public init(
        _ faults: [RegistryFault] = [], access: Access = .open, scheme: String = "http", port: Int = 0
    ) throws {
        (registry, foreign) = (try WireListener(port: port), try WireListener(port: 0))
        (self.port, foreignPort) = (registry.port, foreign.port)
        state = Guarded(State(gate: RegistryGate(access), faults: faults, fired: faults.map { _ in 0 }))
        let place = WireConversation.Place(scheme: scheme, port: self.port, foreignPort: foreignPort)
        registry.start { [state] in WireConversation(socket: $0, state: state, place: place, isForeign: false).run() }
        foreign.start { [state] in WireConversation(socket: $0, state: state, place: place, isForeign: true).run() }
    }

    deinit {
        registry.stop()
        foreign.stop()
    }

    /// `host:port` and `http://host:port` of the registry.
    public var host: String { "127.0.0.1:\(port)" }
    public var url: String { "http://\(host)" }

    /// Replaces the rules; counting starts anew.
    public func setFaults(_ faults: [RegistryFault]) {
        state.withLock { ($0.faults, $0.fired, $0.counts) = (faults, faults.map { _ in 0 }, [:]) }
    }

    /// How often each of the rules was met, in their order.
    public var fired: [Int] { state.withLock { $0.fired } }

    /// Every request that arrived, at both ports.
    public var requests: [WireRequest] { state.withLock { $0.requests } }

    /// How many requests of a stage were under way at the same time at most, where all got whole answers.
    public func mostAtOnce(_ stage: RegistryStage) -> Int { state.withLock { $0.mostAtOnce[stage] ?? 0 } }

    /// How many bytes of spoiled and endless answers were taken by the sockets.
    public var sentBytes: Int { state.withLock { $0.sentBytes } }

    /// Where secrets are looked for in a body: they come in forms, not in content.
    private static let searched = 16 * 1024

    /// The requests at the other origin that held a secret, or a field that carries secrets.
    public var leaks: [String] {
        state.withLock { state in
            let secrets = state.gate.secrets
            return state.requests.filter(\.isForeign).compactMap { request in
                let fields = request.fields.filter {
                    ["authorization", "proxy-authorization", "cookie"].contains($0.name)
                }
                let text =
                    request.target + request.fields.map(\.value).joined(separator: "\n")
                    + String(decoding: request.body.prefix(Self.searched), as: UTF8.self)
                let told = secrets.filter(text.contains)
                return fields.isEmpty && told.isEmpty
                    ? nil : "\(request.method) \(request.target): \(fields.map(\.name)) \(told)"
            }
        }
    }

    // MARK: What it holds

    /// Puts a blob into a repository; returns its digest.
    @discardableResult public func putBlob(_ bytes: [UInt8], in repository: String) -> String {
        let digest = "\(Digest(of: bytes))"
        state.withLock { $0.content.repositories[repository, default: .init()].blobs[digest] = bytes }
        return digest
    }

    /// Begins an upload that has some bytes already: the first one is `upload-1`, and so on.
    public func beginUpload(_ bytes: [UInt8]) { state.withLock { _ = $0.content.beginUpload(bytes) } }

    /// Puts a manifest into a repository, whatever it refers to; returns its digest.
    @discardableResult public func putManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String? = nil
    ) -> String {
        let digest = "\(Digest(of: bytes))"
        state.withLock { state in
            state.content.repositories[repository, default: .init()].manifests[digest] = (bytes, mediaType)
            if let tag { state.content.repositories[repository]?.tags[tag] = digest }
        }
        return digest
    }

    /// A repository's tags with the digests they stand for.
    public func tags(in repository: String) -> [String: String] {
        state.withLock { $0.content.repositories[repository]?.tags ?? [:] }
    }

    /// A repository's blobs by digest.
    public func blobs(in repository: String) -> [String: [UInt8]] {
        state.withLock { $0.content.repositories[repository]?.blobs ?? [:] }
    }

    /// All repositories.
    public var repositories: [String] { state.withLock { $0.content.repositories.keys.sorted() } }

    /// What another registry holds, taken over.
    public func copyContent(of other: HostileRegistry) {
        let kept = other.state.withLock { $0.content.repositories }
        state.withLock { $0.content.repositories = kept }
    }
}
