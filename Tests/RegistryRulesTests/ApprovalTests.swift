// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Registry
import Repositories
import Testing

@testable import RegistryRules

@Suite("What versions vouch for is remembered within a limit") struct ApprovalTests {
    private static func digests(_ numbers: some Sequence<Int>) -> Set<Digest> {
        Set(numbers.map { Digest(of: Array("resource \($0)".utf8)) })
    }

    /// Versions that are asked for what they name.
    private struct Versions: Sendable {
        let named: Guarded<[Set<Digest>]>
        let searches = Guarded(0)

        init(_ named: [Set<Digest>]) { self.named = Guarded(named) }

        var search: SignatureApprovals.Search {
            { wanted, visit in
                searches.withLock { $0 += 1 }
                for version in named.withLock({ $0 }) {
                    if let wanted, version.isDisjoint(with: wanted) { continue }
                    guard visit(version) else { return }
                }
            }
        }
    }

    @Test("answers are right within the limit and beyond it", arguments: [1, 10, 60, 1000]) func limit(limit: Int)
        async throws
    {
        let approvals = SignatureApprovals(limit: limit)
        let versions = Versions((0..<10).map { Self.digests($0 * 5..<$0 * 5 + 5) })
        func ask(_ number: Int) async throws -> Bool {
            try await approvals.contain(oneOf: Array(Self.digests([number])), "acme", search: versions.search)
        }
        for round in 0..<3 {
            for number in 0..<100 {
                #expect(try await ask(number) == (number < 50), "\(number) in round \(round)")
                #expect(approvals.count <= 2 * limit)
            }
        }
        // All is known from one look when there is room.
        #expect(limit < 50 || versions.searches.withLock { $0 } == 1)
        // What is added is known at once, and what is forgotten is looked for anew.
        let new = Self.digests(70..<75)
        versions.named.withLock { $0.append(new) }
        approvals.add(new, "acme")
        for number in 70..<75 { #expect(try await ask(number), "\(number)") }
        #expect(try await !ask(76))
        versions.named.withLock { $0 = [new] }
        approvals.forget("acme")
        for number in 0..<100 { #expect(try await ask(number) == (70..<75).contains(number), "\(number)") }
        #expect(approvals.count <= 2 * limit)
    }

    @Test("prefixes share the limit and not the answers") func prefixes() async throws {
        let approvals = SignatureApprovals(limit: 60)
        for prefix in 0..<20 {
            let versions = Versions([Self.digests(prefix * 10..<prefix * 10 + 10)])
            for number in [0, 10, 55, 190, 199] {
                let isNamed = try await approvals.contain(
                    oneOf: Array(Self.digests([number])), "p\(prefix)", search: versions.search)
                #expect(isNamed == (number / 10 == prefix))
            }
            #expect(approvals.count <= 120)
        }
    }

    @Test("what is added while it is looked for is not denied afterwards", arguments: [1, 100])
    func race(limit: Int) async throws {
        let approvals = SignatureApprovals(limit: limit)
        let wanted = Self.digests([1])
        let others = Self.digests(10..<20)
        for _ in 0..<3 {
            _ = try await approvals.contain(oneOf: Array(wanted), "acme") { _, visit in
                approvals.add(wanted, "acme")
                _ = visit(others)
            }
        }
        let versions = Versions([wanted, others])
        #expect(try await approvals.contain(oneOf: Array(wanted), "acme", search: versions.search))
    }

    @Test("a search that is given up leaves nothing behind") func cancelled() async throws {
        let approvals = SignatureApprovals(limit: 100)
        await #expect(throws: CancellationError.self) {
            _ = try await approvals.contain(oneOf: Array(Self.digests([1])), "acme") { _, _ in throw CancellationError()
            }
        }
        let versions = Versions([Self.digests([1])])
        #expect(try await approvals.contain(oneOf: Array(Self.digests([1])), "acme", search: versions.search))
    }

    @Test("images of more versions than are remembered are shown all the same") func images() async throws {
        let folder = try TemporaryFolder(prefix: "approvals")
        let path = "\(folder.path)/release.pem"
        try FileSystem.write(Array(SignedSite.signer.publicKey.pem().utf8), to: path)
        let rule = try SignatureRule(prefix: "acme", demands: [.init(name: "release", keys: [.publicKey(path: path)])])
        let registry = try RegistryFolder("\(folder.path)/data")
        let signatures = try SignatureGuard([rule], over: registry, remembered: 2)
        let store = RegistryFolderStore(registry, by: "test", signatures: signatures)
        let repository = StoreRepository(
            store, locator: RepositoryLocator(.archive(path: "test", format: nil), description: "test"),
            subPath: "acme")
        let images = (0..<6).map { SampleImage("layer \($0)") }
        for (index, image) in images.enumerated() {
            if index % 2 == 0 { try await image.push(to: store, "acme/images", tag: "v\(index)") }
            var sample = try Sample("acme.org/app:1.0.\(index)")
            sample.add("image", imageAt: "registry.example.org/image", image.digest)
            try await repository.commit(sample.descriptor(), contents: sample.contents)
        }
        for (index, image) in images.enumerated() where index % 2 == 1 {
            try await image.push(to: store, "acme/images", tag: "v\(index)")
        }
        try await SampleImage("a stranger").push(to: store, "acme/images", tag: "stranger")
        #expect(try await store.tags(in: "acme/images") == images.indices.map { "v\($0)" })
        #expect(signatures.approvals.count <= 4)
        await registry.close()
    }
}
