// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Repositories
import TestRegistry
import Testing
import WebClient

@Suite("A descriptor whose layer does not arrive as it should") struct DescriptorStreamTests {
    private static let name = "component-descriptors/acme.org/demo"

    /// How the descriptor is stored.
    enum Form: String, CaseIterable, Sendable {
        case json = "application/vnd.ocm.software.component-descriptor.v2+json"
        case yaml = "application/vnd.ocm.software.component-descriptor.v2+yaml"
        case tar = "application/vnd.ocm.software.component-descriptor.v2+yaml+tar"

        /// The layer: it has many pieces, and the middle of it is inside a text of the descriptor. Behind the
        /// descriptor a tar has more, so that who has read the descriptor has not read all.
        func layer() async throws -> [UInt8] {
            let json: JSON = [
                "meta": ["schemaVersion": "v2"],
                "component": [
                    "name": "acme.org/demo", "version": "1.0.0", "provider": "acme", "repositoryContexts": [],
                    "resources": [], "sources": [], "componentReferences": [],
                    "labels": [["name": "long", "value": .string(String(repeating: "a", count: 500_000))]],
                ],
            ]
            let bytes = try ComponentDescriptor(json: json, source: "a sample").encoded()
            guard self == .tar else { return bytes }
            return try await Tar.stream([
                .bytes("component-descriptor.yaml", bytes), .bytes("more", [UInt8](repeating: 7, count: 300_000)),
            ]).collect(limit: 1 << 20)
        }
    }

    /// A registry with a version, and what reads it.
    private func registry(_ layer: [UInt8], _ form: Form, statedSize: Int? = nil) throws -> HostileRegistry {
        let registry = try HostileRegistry()
        func descriptor(_ type: String, _ bytes: [UInt8], _ size: Int? = nil) -> JSON {
            OCIDescriptor(mediaType: type, digest: Digest(of: bytes), size: Int64(size ?? bytes.count)).json
        }
        let config: [UInt8] = Array("{}".utf8)
        registry.putBlob(config, in: Self.name)
        registry.putBlob(layer, in: Self.name)
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [descriptor(form.rawValue, layer, statedSize)],
        ]
        registry.putManifest(
            manifest.encoded(), mediaType: MediaType.imageManifest.rawValue, in: Self.name, tag: "1.0.0")
        return registry
    }

    private func read(_ registry: HostileRegistry, isImpatient: Bool = false) async throws -> ComponentDescriptor {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        if isImpatient {
            (settings.idleTimeout, settings.lowestSpeed, settings.retry.attempts) = (.milliseconds(250), 4000, 2)
        }
        let repository = StoreRepository(
            try Direction.client(registry, settings), locator: try RepositoryLocator(registry.url))
        return try await repository.get(try ComponentVersionIdentity("acme.org/demo:1.0.0")).descriptor
    }

    /// Every way the layer can arrive, and what comes of it: nothing when it arrives well at last.
    private static let behaviours: [(RegistryBehaviour, ClosedRange<Int>, Fault.Code?)] = [
        (.reset(.insideBody), 1...1, nil), (.hangUp(.insideBody), 1...2, nil), (.status(503), 1...2, nil),
        (.silence, 1...1, nil), (.slowBody, 1...1, nil),
        (.hangUp(.beforeAnswer), 1...Int.max, .unavailable), (.silence, 1...Int.max, .unavailable),
        (.slowHead, 1...Int.max, .unavailable), (.status(404), 1...Int.max, .notFound),
        (.otherBytes, 1...Int.max, .mismatch), (.length(.tooShort), 1...Int.max, .mismatch),
        (.endlessBody, 1...Int.max, .mismatch), (.endlessChunks, 1...Int.max, .mismatch),
        (.lie, 1...Int.max, .mismatch), (.document(.page), 1...Int.max, .mismatch),
        (.gzip, 1...Int.max, .mismatch), (.wholeAsRange, 1...Int.max, .invalid),
    ]

    @Test(
        "is read once it does, and otherwise said to be unavailable or other than its digest, never read half",
        arguments: Form.allCases)
    func layers(form: Form) async throws {
        let layer = try await form.layer()
        for (behaviour, requests, code) in Self.behaviours {
            let registry = try registry(layer, form)
            registry.setFaults([RegistryFault(.getBlob, behaviour, at: requests)])
            let said: Comment = "\(form): \(behaviour)"
            do {
                let descriptor = try await read(registry, isImpatient: behaviour.isSlow)
                #expect(code == nil && "\(descriptor.identity)" == "acme.org/demo:1.0.0", said)
            } catch {
                #expect(Fault(wrapping: error).code == code, "\(said): \(error)")
            }
            #expect(registry.fired[0] > 0, said)
        }
    }

    @Test("is not looked for where it was not stated, nor read beyond what was", arguments: Form.allCases)
    func sizes(form: Form) async throws {
        let layer = try await form.layer()
        for (stated, code) in [
            (layer.count - 1, Fault.Code.mismatch), (layer.count + 1, .mismatch), (17 << 20, .limitExceeded),
        ] {
            let registry = try registry(layer, form, statedSize: stated)
            await #expect("\(form), \(stated)") { _ = try await read(registry) } throws: {
                Fault(wrapping: $0).code == code
            }
            #expect(registry.requests.contains { $0.path.hasSuffix("\(Digest(of: layer))") } == (code == .mismatch))
        }
    }

    @Test(
        "is damaged when it was stored so: cut in every part of it, twice there, followed by something",
        arguments: [100, 511, 512, 600, 300_000, 501_000, 600_000])
    func cutTar(count: Int) async throws {
        let layer = try await Form.tar.layer()
        let twice = try await Tar.stream([
            .bytes("component-descriptor.yaml", Form.json.layer()), .bytes("more", []),
        ]).collect(limit: 1 << 20)
        let end = layer.lastIndex { $0 != 0 } ?? 0
        for bytes in [Array(layer[..<count]), layer + [1], Array(layer[...end]) + twice, Array(twice.prefix(512))] {
            let registry = try registry(bytes, .tar)
            await #expect { _ = try await read(registry) } throws: { Fault(wrapping: $0).code == .corrupt }
        }
    }
}
