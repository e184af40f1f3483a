// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import Reconciling
import Repositories
import TestServers
import Testing

@Suite("Signatures of components") struct VerificationTests {
    static let keys: [(SignatureScheme, PrivateKey)] = {
        let kinds: [(SignatureScheme, KeyKind)] = [
            (.rsaPSS, .rsa(bits: 2048)), (.rsaPKCS1v15, .rsa(bits: 2048)), (.ecdsaP256, .ecdsaP256),
            (.ecdsaP384, .ecdsaP384), (.ed25519, .ed25519),
        ]
        return kinds.compactMap { scheme, kind in (try? PrivateKey.generate(kind)).map { (scheme, $0) } }
    }()
    private let archive: SampleArchive
    private let scene: Scene

    init() throws {
        archive = try SampleArchive()
        scene = Scene(archiveFolder: archive.folder.path)
    }

    private func component(_ entry: JSON, _ more: [(String, JSON)] = []) async throws -> ReconcilePass {
        try await scene.pass(Scene.repository(archive.specification))
        return try await scene.pass(Scene.component("acme.org/app", "1.0.0", [("verify", [entry])] + more))
    }
    private static func sample(_ signatures: [(String, PrivateKey, SignatureScheme)]) -> SampleComponent {
        SampleComponent(
            identity: "acme.org/app:1.0.0", contents: [.init(name: "text", bytes: Array("some bytes".utf8))],
            signatures: signatures)
    }
    private static func pem(_ key: PrivateKey) -> [UInt8] { Array(key.publicKey.pem().utf8) }

    @Test("There is a key of every kind")
    func everyKind() { #expect(Self.keys.count == SignatureScheme.allCases.count) }

    @Test("Every kind of key verifies from a Secret and in place, and no other key does", arguments: Self.keys.indices)
    func schemes(_ index: Int) async throws {
        let (scheme, key) = Self.keys[index]
        try await Self.sample([("release", key, scheme)]).write(to: archive.repository())
        await scene.cluster.put(Scene.secret("k", [("release", Self.pem(key)), ("other", [])]))
        #expect(
            try await component(["signature": "release", "secretRef": ["name": "k"]]).readyText
                == "True Succeeded: Applied version 1.0.0")
        let inline = Self.pem(key).base64
        let wrapped = "\(inline.prefix(20))\n  \(inline.dropFirst(20))\n"
        #expect(try await component(["signature": "release", "value": .string(wrapped)]).ready?.state == .yes)
        let other = Self.keys[(index + 1) % Self.keys.count].1
        let wrong = try await component(["signature": "release", "value": .string(Self.pem(other).base64)])
        #expect(wrong.ready?.reason == "GetComponentVersionFailed")
        #expect(wrong.next == .withBackOff)
    }

    @Test(
        "What is missing or wrong is said",
        arguments: [
            (["signature": "none", "secretRef": ["name": "k"]], "has no key “none”"),
            (["signature": "release", "secretRef": ["name": "away"]], "the Secret demo/away does not exist"),
            (["signature": "release", "value": "not base64!"], "spec.verify[0].value is no Base64"),
            (["signature": "release", "value": "bm90IGEga2V5"], "spec.verify[0].value"),
            (["signature": "unsigned", "secretRef": ["name": "one"]], "has no signature “unsigned”"),
        ] as [(JSON, String)])
    func problems(_ entry: JSON, _ message: String) async throws {
        let (scheme, key) = Self.keys[0]
        try await Self.sample([("release", key, scheme)]).write(to: archive.repository())
        await scene.cluster.put(Scene.secret("k", [("release", Self.pem(key)), ("other", [])]))
        await scene.cluster.put(Scene.secret("one", [("key", Self.pem(key))]))
        let pass = try await component(entry)
        #expect(pass.ready?.reason == "GetComponentVersionFailed")
        #expect(pass.ready?.message.contains(message) == true, "\(pass.readyText)")
    }

    @Test("A Secret with one entry may call its key as it likes, as the scenario's does")
    func onlyEntry() async throws {
        let (scheme, key) = Self.keys[0]
        try await Self.sample([("acme-signature", key, scheme)]).write(to: archive.repository())
        await scene.cluster.put(Scene.secret("acme-signing-key", [("key", Self.pem(key))]))
        let pass = try await component(["signature": "acme-signature", "secretRef": ["name": "acme-signing-key"]])
        #expect(pass.ready?.state == .yes)
    }

    @Test("An unsigned component does not pass for a signed one, and what is verified is not what is not")
    func unsigned() async throws {
        try await Self.sample([]).write(to: archive.repository())
        try await scene.pass(Scene.repository(archive.specification))
        #expect(try await scene.pass(Scene.component("acme.org/app", "1.0.0")).ready?.state == .yes)
        let (_, key) = Self.keys[0]
        // The unverified version is known by now; that must not help.
        let pass = try await component(["signature": "release", "value": .string(Self.pem(key).base64)])
        #expect(pass.ready?.message.contains("has no signature") == true, "\(pass.readyText)")
    }

    @Test("A version that was altered after signing is refused")
    func altered() async throws {
        let (scheme, key) = Self.keys[0]
        let repository = try await archive.repository()
        var descriptor = try await Self.sample([("release", key, scheme)]).write(to: repository)
        let identity = descriptor.identity
        let stored = try await repository.get(identity)
        descriptor.labels = [try Label(name: "added", value: true, isSigned: true)]
        try await repository.commit(descriptor, contents: stored.contents)
        try await repository.finish()
        let pass = try await component(["signature": "release", "value": .string(Self.pem(key).base64)])
        #expect(
            pass.ready?.message.contains("the descriptor was altered") == true
                || pass.ready?.message.contains("is over") == true, "\(pass.readyText)")
    }

    @Test("Contents are read to their last byte where that is asked for")
    func contents() async throws {
        let (scheme, key) = Self.keys[0]
        var sample = Self.sample([("release", key, scheme)])
        sample.raw = [
            [
                "name": "lost", "version": "1", "type": "x", "relation": "external",
                "access": ["type": "wget/v1", "url": "http://127.0.0.1:1/lost"],
                "digest": [
                    "hashAlgorithm": "SHA-256", "normalisationAlgorithm": "genericBlobDigest/v1",
                    "value": .string(String(repeating: "ab", count: 32)),
                ],
            ]
        ]
        try await sample.write(to: archive.repository())
        let entry: JSON = ["signature": "release", "value": .string(Self.pem(key).base64)]
        for scope in ["Component", "References"] {
            #expect(try await component(entry, [("verificationScope", .string(scope))]).ready?.state == .yes)
        }
        let deep = try await component(entry, [("verificationScope", "Contents")])
        #expect(deep.ready?.state == .no)
        #expect(deep.ready?.message.contains("“lost”") == true, "\(deep.readyText)")
    }

    /// Makes an authority and a certificate for signing, with the key of the latter.
    private static func certificates(in folder: String) async throws -> (
        authority: [UInt8], leaf: [UInt8], key: PrivateKey
    ) {
        let openssl = ServerProgram.find("openssl") ?? "openssl"
        func run(_ arguments: [String]) async throws {
            let made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
            let result = try await ChildProcess.run([openssl] + made + arguments, workingFolder: folder)
            guard result.status == 0 else { throw Fault(.internal, String(decoding: result.stderr, as: UTF8.self)) }
        }
        try await run(["-subj", "/CN=Acme authority", "-keyout", "ca-key.pem", "-out", "ca.pem"])
        try await run([
            "-subj", "/CN=Acme releases", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-keyout", "leaf-key.pem",
            "-addext", "basicConstraints=CA:FALSE", "-addext", "extendedKeyUsage=codeSigning",
            "-addext", "keyUsage=digitalSignature", "-out", "leaf.pem",
        ])
        func read(_ name: String) throws -> [UInt8] { try FileSystem.read("\(folder)/\(name)", limit: 1 << 20) }
        return (try read("ca.pem"), try read("leaf.pem"), try PrivateKey(pem: read("leaf-key.pem"), source: "the key"))
    }

    @Test(
        "A certificate verifies as the key that it is for, and as the authority of the signature's own",
        .enabled(if: ServerProgram.find("openssl") != nil, "openssl is not installed"))
    func certificates() async throws {
        let (authority, leaf, key) = try await Self.certificates(in: archive.folder.path)
        var sample = Self.sample([("release", key, .ecdsaP256)])
        sample.chain = try Certificate.all(inPEM: leaf, source: "the leaf")
        try await sample.write(to: archive.repository())
        for pem in [authority, leaf, authority + leaf] {
            let pass = try await component(["signature": "release", "value": .string(pem.base64)])
            #expect(pass.ready?.state == .yes, "\(pass.readyText)")
        }
        let other = try TemporaryFolder()
        let (stranger, _, _) = try await Self.certificates(in: other.path)
        let refused = try await component(["signature": "release", "value": .string(stranger.base64)])
        #expect(refused.ready?.reason == "GetComponentVersionFailed")
    }
}
