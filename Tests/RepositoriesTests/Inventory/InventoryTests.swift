// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import TestInputs
import Testing

@testable import Repositories

@Suite("Inventories") struct InventoryTests {
    private static let key: PrivateKey = {
        do { return try PrivateKey.generate(.ed25519) } catch { fatalError("no key: \(error)") }
    }()
    private static let other: PrivateKey = {
        do { return try PrivateKey.generate(.ed25519) } catch { fatalError("no key: \(error)") }
    }()

    /// Two components; one has two versions that share a blob, and an image.
    private static func fill(_ store: any ArtifactStore) async throws -> StoreRepository {
        let repository = try StoreRepository(store)
        let source = MemoryStore()
        let image = SampleArtifact(["{}", "a layer"])
        try await image.push(to: source, "image", tag: "1")
        let root = try #require(try await source.resolve("1", in: "image"))
        for (identity, texts) in [
            ("acme.org/b:1.0.0", ["shared", "first"]), ("acme.org/b:1.1.0", ["shared", "second"]),
            ("acme.org/a:2.0.0", ["other"]),
        ] {
            var version = try SampleVersion(identity)
            for text in texts {
                let content = ResourceContent.blob(BlobContent(mediaType: "text/plain", bytes: Array(text.utf8)))
                try await version.add(text, content, to: repository)
            }
            if identity == "acme.org/b:1.1.0" {
                let artifact = ArtifactContent(store: source, repository: "image", root: root)
                try await version.add("image", .artifact(artifact), to: repository)
            }
            try await version.commit(to: repository)
        }
        return repository
    }

    @Test("list versions, blobs and artifacts of any repository alike", arguments: StoreEngine.installed)
    func contents(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let repository = try await Self.fill(subject.store)
        let inventory = try await InventoryTaker(repository).take()
        let memory = try await InventoryTaker(Self.fill(MemoryStore())).take()
        #expect(inventory == memory)
        #expect(inventory.components.map(\.name.text) == ["acme.org/a", "acme.org/b"])
        let component = inventory.components[1]
        #expect(component.versions.map(\.version.text) == ["1.1.0", "1.0.0"])
        let texts = ["shared", "first", "second", "{}", "a layer"]
        #expect(Set(component.blobs.keys) == Set(texts.map { Digest(of: Array($0.utf8)) }))
        #expect(component.blobs[Digest(of: Array("shared".utf8))] == 6)
        #expect(component.artifacts.count == 1 && inventory.blobCount == 6)
        let one = try await InventoryTaker(repository).take([ComponentName("acme.org/a")])
        #expect(one.components == [inventory.components[0]])
        let fault = await faultOf { _ = try await InventoryTaker(repository).take([ComponentName("acme.org/c")]) }
        #expect(fault?.code == .notFound)
    }

    @Test("of an archive that leaves blobs out do not list them") func difference() async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/archive")
        var assumed = AssumedBlobs()
        assumed.add(Digest(of: Array("shared".utf8)), size: 6, holder: try ComponentName("acme.org/b"))
        try archive.leaveOut(assumed)
        let inventory = try await InventoryTaker(Self.fill(archive)).take()
        #expect(inventory.components[1].blobs[Digest(of: Array("shared".utf8))] == nil)
        #expect(inventory.components[1].blobs.count == 4)
    }

    @Test("are read as they were written, and equal ones have equal bytes") func roundTrip() async throws {
        let inventory = try await InventoryTaker(Self.fill(MemoryStore())).take()
        let bytes = try SignedDocument(inventory.json).json.canonical()
        let (read, signed) = try Inventory.read(parsing: bytes, source: "it")
        #expect(read == inventory && signed.signatures.isEmpty)
        #expect(try signed.json.canonical() == bytes)
        var assumed = AssumedBlobs()
        read.assume(in: &assumed)
        #expect(assumed.contains(Digest(of: Array("first".utf8)), size: 5))
        #expect(!assumed.contains(Digest(of: Array("first".utf8)), size: 6) && assumed.count == 6)
        #expect(assumed.holders(of: Digest(of: Array("other".utf8))).map(\.text) == ["acme.org/a"])
    }

    @Test("verify with the key that signed them, and no change goes unseen") func signatures() async throws {
        let inventory = try await InventoryTaker(Self.fill(MemoryStore())).take()
        var signed = SignedDocument(inventory.json)
        try signed.sign(name: "enclave", key: Self.key, scheme: .ed25519)
        let bytes = try signed.json.canonical()
        let read = try Inventory.read(parsing: bytes, source: "it").signed
        #expect(try read.verify(with: Self.key.publicKey, source: "it") == "enclave")
        #expect(try read.verify(with: Self.key.publicKey, name: "enclave", source: "it") == "enclave")
        for (key, name) in [(Self.other, nil), (Self.key, "another")] as [(PrivateKey, String?)] {
            let fault = await faultOf { _ = try read.verify(with: key.publicKey, name: name, source: "it") }
            #expect(fault?.code == .unverified)
        }
        let unsigned = await faultOf {
            _ = try SignedDocument(inventory.json).verify(with: Self.key.publicKey, source: "it")
        }
        #expect(unsigned?.code == .unverified)
        // Each byte in turn: refused as a document, or not verified. What a signature is called is not signed.
        let text = String(decoding: bytes, as: UTF8.self)
        let name = try #require(text.firstRange(of: #""enclave""#))
        let start = text.utf8.distance(from: text.startIndex, to: name.lowerBound)
        for index in bytes.indices where !(start...start + 9).contains(index) {
            var changed = bytes
            changed[index] ^= 1
            guard let read = try? Inventory.read(parsing: changed, source: "it").signed else { continue }
            #expect(
                throws: Fault.self, "byte \(index)",
                performing: { _ = try read.verify(with: Self.key.publicKey, source: "it") })
        }
    }

    @Test("a signature over one kind of document is none over another") func kinds() throws {
        var signed = SignedDocument(["type": "something.sovereign/v1", "repository": "x", "components": []])
        try signed.sign(name: "enclave", key: Self.key, scheme: .ed25519)
        let bytes = try signed.json.canonical()
        #expect(throws: Fault.self) { try Inventory.read(parsing: bytes, source: "it") }
    }

    @Test("of 100 000 blobs are small, and larger ones than any repository's are refused") func large() async throws {
        func inventory(_ count: Int) throws -> Inventory {
            var blobs: [Digest: Int64] = [:]
            for number in 0..<count {
                let hex = String(number, radix: 16)
                blobs[try Digest(algorithm: .sha256, hex: String(repeating: "0", count: 64 - hex.count) + hex)] =
                    1 << 30
            }
            let component = Inventory.Component(
                name: try ComponentName("acme.org/a"), versions: [], blobs: blobs, artifacts: [:])
            return Inventory(repository: "registry.enclave/ocm", components: [component])
        }
        let bytes = try SignedDocument(inventory(100_000).json).json.canonical()
        #expect(bytes.count < 9_000_000)
        #expect(try Inventory.read(parsing: bytes, source: "it").inventory.blobCount == 100_000)
        let text = #"{"document":{"components":[{"artifacts":{},"blobs":{},"name":"acme.org/a","versions":["#
        let many =
            text + String(repeating: "0,", count: 600_001) + #"0]}],"repository":"x","type":"inventory.sovereign/v1"},"#
        let fault = await faultOf {
            _ = try Inventory.read(parsing: Array((many + #""signatures":[]}"#).utf8), source: "it")
        }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("that are damaged are refused, or read and written again as they were", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) async throws {
        let inventory = try await InventoryTaker(Self.fill(MemoryStore())).take()
        var signed = SignedDocument(inventory.json)
        try signed.sign(name: "enclave", key: Self.key, scheme: .ed25519)
        let words = [
            "\"", "{", "}", "[", "]", ",", ":", "\\u0000", "null", "-1", "1e9", "9223372036854775808", "sha512:",
            "acme.org/a",
            #""blobs":{},"#, #""versions":[],"#, #""manifest":"","#, "1.0.0", "ä",
        ]
        var mutator = ByteMutator(samples: [try signed.json.canonical()], tokens: words, seed: seed)
        var accepted = 0
        for _ in 0..<1500 {
            let read: (inventory: Inventory, signed: SignedDocument)
            do { read = try Inventory.read(parsing: mutator.next(), source: "an inventory") } catch {
                #expect([.invalid, .limitExceeded, .unsupported].contains(error.code), "\(error.code) \(error)")
                continue
            }
            accepted += 1
            let again = try SignedDocument(read.inventory.json).json.canonical()
            #expect(try Inventory.read(parsing: again, source: "it").inventory == read.inventory)
            // What is verified is what was signed, whatever else the bytes say.
            if (try? read.signed.verify(with: Self.key.publicKey, source: "it")) != nil {
                #expect(read.inventory == inventory)
            }
        }
        #expect(accepted > 10)
    }
}
