// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import Testing
import Transfer
import WebClient

/// A clock on which nobody waits: who sleeps finds that it is later.
private final class JumpingClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        let offset: Swift.Duration
        func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }
    private let time = Guarded(Swift.Duration.zero)
    var now: Instant { Instant(offset: time.withLock { $0 }) }
    var minimumResolution: Swift.Duration { .nanoseconds(1) }
    func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        time.withLock { $0 = max($0, deadline.offset) }
    }
}

@Suite("The rate of a specification's run") struct SpecificationRateTests {
    private static let bytes = [UInt8](repeating: 7, count: 100_000)
    private static let identity = "acme.org/demo:1.0.0"

    private func budgets(_ clock: JumpingClock) throws -> TransferBudgets {
        var limits = TransferLimits()
        limits.rate = ByteRate(bytesPerSecond: 10_000)
        return try TransferBudgets(limits, jobs: 2, clock: clock)
    }

    @Test(
        "holds for contents that are placed, and for those that go with their component version",
        arguments: [
            "- {id: write, type: uploader.component.oci/v1alpha1, repository: TARGET, data: \"${read.data}\"}",
            """
            - {id: blob, type: downloader.localblob.ctf/v1alpha1, componentDescriptor: "${read.descriptor}", resource: {name: data}}
            - id: store
              type: uploader.localblob.oci/v1alpha1
              repository: TARGET
              componentDescriptor: ${read.descriptor}
              data: ${blob.data}
            """,
        ])
    func rate(operations: String) async throws {
        let source = StoreRepository(MemoryStore(name: "source"), locator: try RepositoryLocator("./source"))
        let target = StoreRepository(MemoryStore(name: "target"), locator: try RepositoryLocator("./target"))
        let content = ResourceContent.blob(BlobContent(mediaType: "a/b", bytes: Self.bytes))
        let placed = try await source.place(
            content, for: ComponentVersionIdentity(Self.identity), observer: PlacementObserver())
        var contents = LocalContents()
        contents.add(placed)
        try await source.commit(.oneBlob("data", placed), contents: contents)

        let text = """
            transformations:
            - {id: read, type: downloader.component.ctf/v1alpha1, name: acme.org/demo, version: 1.0.0, filePath: ./source}
            \(operations.replacing("TARGET", with: "{type: CommonTransportFormat/v1, filePath: ./target}"))
            """
        let types = Operation.builtIn.map(\.type)
        let document = try YAML.document(Array(text.utf8), source: "spec.yaml")
        let graph = try OrchestrationGraph(OrchestrationSpecification(document), types: types)
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        let clock = JumpingClock()
        let context = OperationContext(connections: connections, budgets: try budgets(clock))
        await context.adopt(source, writing: false)
        await context.adopt(target, writing: true)
        let reports = try await GraphExecutor(graph, operations: Operation.builtIn, context: context).run()
        #expect(reports.allSatisfy { $0.outcome.isFinished }, "\(reports.compactMap(\.outcome.failure))")
        #expect(context.moved(by: reports.map(\.id)).moved == Int64(Self.bytes.count))
        // A quarter of a second's worth comes at a stroke.
        #expect(clock.now.offset >= .milliseconds(9500) && clock.now.offset <= .milliseconds(10_000))
    }

    @Test("leaves contents what they can be gone on with") func offsets() async throws {
        let budgets = try budgets(JumpingClock()), bytes: [UInt8] = [1, 2, 3, 4], opened = Guarded<[Int64]>([])
        let from: @Sendable (Int64) async throws -> ByteStream = { offset in
            opened.withLock { $0.append(offset) }
            return ByteStream(Array(bytes.dropFirst(Int(offset))))
        }
        let blob = BlobContent(mediaType: "a/b", digest: Digest(of: bytes), size: 4, openFrom: from) {
            ByteStream(bytes)
        }
        guard case .blob(let limited) = budgets.limited(.blob(blob)) else { throw Fault(.internal, "no blob") }
        let open = try #require(limited.openFrom)
        #expect(try await open(3).collect(limit: 10, of: "the rest") == [4])
        var store = OverlayStore(name: "store")
        store.add(Digest(of: bytes), size: 4, openFrom: from) { ByteStream(bytes) }
        let root = store.add(manifest: Array("{}".utf8), mediaType: MediaType.imageManifest.rawValue)
        guard
            case .artifact(let artifact) = budgets.limited(
                .artifact(ArtifactContent(store: store, repository: "", root: root)))
        else { throw Fault(.internal, "no artifact") }
        let rest = try await artifact.store.openBlob(Digest(of: bytes), size: 4, from: 2, in: "")
        #expect(try await rest.collect(limit: 10, of: "the rest") == [3, 4])
        #expect(opened.withLock { $0 } == [3, 2])
    }
}
