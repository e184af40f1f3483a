// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Registry
import RegistryProxy
import RegistryServer
import TestServers
import TestSite
import Testing
import Web
import WebClient
import WebServer

/// An upstream that answers as a test wants.
final class StubUpstream: Sendable {
    let server: HTTPServer
    /// The requests: method, path, and whether they carried credentials.
    let requests: Guarded<[String]>
    var url: String { "http://localhost:\(server.port)" }

    init(_ answer: @escaping @Sendable (ServerRequest) async -> ServerResponse) throws {
        let requests = Guarded<[String]>([])
        self.requests = requests
        server = try HTTPServer(ServerSettings()) { request in
            let mark = request.headers["Authorization"] == nil ? "" : " with credentials"
            requests.withLock { $0.append("\(request.method) \(request.path)\(mark)") }
            return await answer(request)
        }
    }

    deinit {
        let server = server
        Task { await server.stop(deadline: .zero) }
    }

    func count(_ line: String) -> Int { requests.withLock { $0.count { $0 == line } } }

    static func manifest(_ bytes: [UInt8], _ digest: Digest) -> ServerResponse {
        ServerResponse(
            status: 200,
            headers: HTTPHeaders([("Content-Type", UpstreamImage.mediaType), ("Docker-Content-Digest", "\(digest)")]),
            body: .bytes(bytes))
    }
}

@Suite("An upstream that lies or dawdles") struct HostileUpstreamTests {
    private static let name = "hub/app"
    private static let accept = [("Accept", UpstreamImage.mediaType)]

    /// How an upstream lies about a blob.
    enum Lie: String, CaseIterable, Sendable {
        case otherBytes, fewerBytes, moreBytes, sizeOnly, nothing
    }

    @Test("a blob that is not what its digest says is not given away whole, and not kept", arguments: Lie.allCases)
    func blobs(lie: Lie) async throws {
        let image = UpstreamImage(bytes: 600_000, seed: 5)
        let upstream = try StubUpstream { request in
            var bytes = image.layer
            switch lie {
            case .otherBytes: bytes[300_000] ^= 1
            case .fewerBytes: bytes.removeLast(1000)
            case .moreBytes: bytes += [1, 2, 3]
            case .sizeOnly where request.method == .head: bytes += [1, 2, 3]
            case .nothing: bytes = []
            case .sizeOnly: break
            }
            return ServerResponse(status: 200, body: .bytes(bytes))
        }
        let site = try await ProxySite(upstream.url)
        let path = "\(Self.name)/blobs/\(image.layerDigest)"
        for _ in 0..<2 {
            var taken: [UInt8] = []
            var settings = HTTPClientSettings()
            settings.retry.attempts = 1
            do {
                let url = try HTTPURL("\(site.site.url)/v2/\(path)")
                let response = try await HTTPClient(settings).open(HTTPRequest(method: .get, url: url))
                while let chunk = try await response.body.next() { taken += chunk }
                #expect(response.status != 200, "\(lie)")
            } catch {}
            // Where only the size was a lie, all bytes are right, and the answer breaks off all the same.
            #expect(lie == .sizeOnly || Digest(of: taken) != image.layerDigest)
            #expect(taken.count < 600_003)
        }
        let registry = site.registry
        try await eventually { try FileSystem.names(in: "\(registry.path)/uploads").isEmpty }
        #expect(try registry.blobSize(image.layerDigest, in: RepositoryName(Self.name)) == nil)
    }

    @Test("a manifest that is not what its digest says is not served") func manifests() async throws {
        let (image, other) = (UpstreamImage("one"), UpstreamImage("other"))
        let upstream = try StubUpstream { _ in StubUpstream.manifest(other.manifest, image.digest) }
        let site = try await ProxySite(upstream.url)
        for reference in ["v1", "\(image.digest)"] {
            let answer = try await site.ask("\(Self.name)/manifests/\(reference)", .get, Self.accept)
            #expect(answer.status == 503)
        }
        let name = try RepositoryName(Self.name)
        #expect(try site.registry.manifest(.digest(image.digest), in: name) == nil)
        #expect(try site.registry.tagEntries(in: name).isEmpty)
    }

    @Test("credentials go to the upstream alone, not where it sends blobs to") func credentials() async throws {
        let image = UpstreamImage("a layer")
        let elsewhere = try StubUpstream { _ in ServerResponse(status: 200, body: .bytes(image.layer)) }
        let target = "\(elsewhere.url)/elsewhere"
        let upstream = try StubUpstream { request in
            guard request.headers["Authorization"] != nil else {
                return ServerResponse(status: 401, headers: ["WWW-Authenticate": "Basic realm=\"upstream\""])
            }
            if request.method == .head {
                return ServerResponse(status: 200, body: .none(length: Int64(image.layer.count)))
            }
            return ServerResponse(status: 307, headers: ["Location": target])
        }
        let secrets = try TemporaryFolder()
        try FileSystem.write(Array(#"{"username": "u", "password": "p"}"#.utf8), to: "\(secrets.path)/secret")
        let site = try await ProxySite(upstream.url) { $0.credentialsFile = "\(secrets.path)/secret" }
        #expect(try await site.ask("\(Self.name)/blobs/\(image.layerDigest)").body == image.layer)
        #expect(elsewhere.requests.withLock { $0 } == ["GET /elsewhere"])
        #expect(upstream.requests.withLock { $0.contains { $0.hasSuffix("with credentials") } })
    }

    /// An upstream of one blob, of which it sends a part and then waits.
    private struct Dawdler: Sendable {
        let upstream: StubUpstream
        let site: ProxySite
        let image: UpstreamImage
        let gate = Guarded(false)
        var path: String { "\(HostileUpstreamTests.name)/blobs/\(image.layerDigest)" }
        var gets: Int { upstream.count("GET /v2/library/app/blobs/\(image.layerDigest)") }

        init(sends part: Int) async throws {
            let (image, gate) = (UpstreamImage(bytes: 600_000, seed: 6), gate)
            self.image = image
            upstream = try StubUpstream { request in
                if request.method == .head { return ServerResponse(status: 200, body: .none(length: 600_000)) }
                let sent = Guarded(0)
                return ServerResponse(
                    status: 200,
                    body: .stream(
                        length: 600_000,
                        ByteStream {
                            let start = sent.withLock { $0 }
                            guard start < 600_000 else { return nil }
                            while start >= part, !gate.withLock({ $0 }) {
                                try await Task.sleep(for: .milliseconds(5))
                            }
                            let end = start < part ? part : 600_000
                            sent.withLock { $0 = end }
                            return image.layer[start..<end]
                        }))
            }
            site = try await ProxySite(upstream.url)
        }

        /// Takes so many bytes and leaves.
        func takeAndLeave(_ count: Int) async throws {
            let url = try HTTPURL("\(site.site.url)/v2/\(path)")
            let response = try await HTTPClient(HTTPClientSettings()).open(HTTPRequest(method: .get, url: url))
            var taken = 0
            while taken < count, let chunk = try await response.body.next() { taken += chunk.count }
            #expect(taken >= count)
        }

        func isStored() throws -> Bool {
            try site.registry.blobSize(image.layerDigest, in: RepositoryName(HostileUpstreamTests.name)) != nil
        }
    }

    @Test("many who ask at once share one fetch") func sharing() async throws {
        let dawdler = try await Dawdler(sends: 100_000)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { try await dawdler.site.ask(dawdler.path).body == dawdler.image.layer }
            }
            try await eventually { dawdler.gets == 1 }
            dawdler.gate.withLock { $0 = true }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(dawdler.gets == 1)
        try await eventually { try dawdler.isStored() }
    }

    @Test("bytes arrive while the upstream still sends, and a fetch is given up when all have left early")
    func leavingEarly() async throws {
        let dawdler = try await Dawdler(sends: 100_000)
        try await dawdler.takeAndLeave(50_000)
        let registry = dawdler.site.registry
        try await eventually { try FileSystem.names(in: "\(registry.path)/uploads").isEmpty }
        #expect(try !dawdler.isStored())
        dawdler.gate.withLock { $0 = true }
        #expect(try await dawdler.site.ask(dawdler.path).body == dawdler.image.layer)
        #expect(dawdler.gets == 2)
    }

    @Test("a fetch that is more than half done goes on when all have left") func leavingLate() async throws {
        let dawdler = try await Dawdler(sends: 400_000)
        try await dawdler.takeAndLeave(390_000)
        dawdler.gate.withLock { $0 = true }
        try await eventually { try dawdler.isStored() }
        #expect(try await dawdler.site.ask(dawdler.path).body == dawdler.image.layer)
        #expect(dawdler.gets == 1)
    }
}
