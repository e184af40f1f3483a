// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing

/// Where an archive is carried to.
enum Receiver: String, CaseIterable, Sendable {
    case folder, tar, tgz, registry

    static let installed = allCases.filter { $0 != .registry || RegistryServer.isInstalled }

    /// The repository, and what keeps it.
    func make(_ workshop: Workshop, _ name: String = "receiver") async throws -> (name: String, server: RegistryServer?)
    {
        switch self {
        case .folder: return ("\(workshop.path)/\(name)", nil)
        case .tar, .tgz: return ("\(workshop.path)/\(name).\(rawValue)", nil)
        case .registry:
            let server = try await RegistryServer()
            return (server.url, server)
        }
    }
}

@Suite("Archives that hold only what is new") struct DifferenceTests {
    static let next = Workshop.nextProduct

    /// The workshop with versions 1.0.0 and 1.1.0 in its archive, both signed; of four files, one has changed.
    static func workshop() async throws -> Workshop {
        let workshop = try Workshop()
        try await workshop.build()
        try FileSystem.write(Workshop.noise(5000, seed: 7), to: "\(workshop.path)/left.bin")
        try await workshop.buildNext()
        return workshop
    }

    /// What has not changed from 1.0.0 to 1.1.0: files, the note, the layer and the configuration of the image.
    static func unchanged(_ workshop: Workshop) throws -> Set<String> {
        var contents = try ["leaf.txt", "data.bin", "right.bin"].map { try workshop.read($0) }
        contents += [
            Array("the note".utf8), Workshop.noise(20_000, seed: 4),
            Array(#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers"}}"#.utf8),
        ]
        return Set(contents.map { Digest(of: $0).hex })
    }

    static func carry(_ workshop: Workshop, _ version: String, _ source: String, _ target: String, _ more: String...)
        async throws -> ChildProcess.Result
    {
        try await workshop.ocm(
            ["transfer", "cv", "--recursive", "--copy-resources", "--verify", "release=\(workshop.publicKey)"] + more
                + [
                    "\(source)//\(version)", target,
                ])
    }

    /// The digests of the blobs in an archive.
    static func blobs(_ path: String) async throws -> Set<String> {
        var names: [String]
        if FileSystem.isFolder(path) {
            names = try FileSystem.names(in: "\(path)/blobs")
        } else {
            let listed = try await ChildProcess.run(["tar", "-tf", path])
            try #require(listed.status == 0, "\(listed.errors)")
            names = listed.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("blobs/sha") }
        }
        names = names.map { FileSystem.lastPart(of: $0) }
        return Set(names.map { $0.replacing("sha256.", with: "") })
    }

    static func size(_ path: String) throws -> Int {
        try FileSystem.isFolder(path)
            ? Workshop.files(in: path).values.reduce(0) { $0 + $1.count } : FileSystem.read(path, limit: 1 << 24).count
    }

    static func key(_ workshop: Workshop) throws -> (private: String, public: String) {
        let key = try PrivateKey.generate(.ed25519)
        let paths = ("\(workshop.path)/enclave.pem", "\(workshop.path)/enclave.pub")
        try FileSystem.write(Array(key.pem().utf8), to: paths.0, mode: 0o600)
        try FileSystem.write(Array(key.publicKey.pem().utf8), to: paths.1)
        return (private: paths.0, public: paths.1)
    }

    @Test(
        "by a receiver's signed inventory: a fraction of the size, and received whole and verified",
        arguments: zip(Receiver.installed, ["diff.tgz", "diff", "diff.tar", "diff.tgz"]))
    func inventory(kind: Receiver, name: String) async throws {
        let workshop = try await Self.workshop()
        let (receiver, server) = try await kind.make(workshop)
        let keys = try Self.key(workshop)
        let first = try await Self.carry(workshop, Workshop.product, workshop.archive, receiver)
        try #require(first.status == 0, "\(first.errors)")

        let made = try await workshop.done(
            "inventory", "create", receiver, "--private-key", "enclave=\(keys.private)", "-O", "enclave.inventory")
        #expect(made.contains("2 components, 2 versions") && made.contains("Ed25519"), "\(made)")
        let verdict = try await workshop.done(
            "inventory", "verify", "enclave.inventory", "--public-key", keys.public)
        #expect(verdict.contains("“enclave”") && verdict.contains(receiver), "\(verdict)")
        let shown = try await workshop.done("inventory", "show", "enclave.inventory")
        #expect(shown.contains("example.org/app/leaf") && shown.contains("not checked"), "\(shown)")
        let wrong = try await workshop.ocm("inventory", "verify", "enclave.inventory", "-k", workshop.publicKey)
        #expect(wrong.status == 3, "\(wrong.errors)")

        let diff = "\(workshop.path)/\(name)", full = "\(workshop.path)/full-\(name)"
        let whole = try await Self.carry(workshop, Self.next, workshop.archive, full)
        try #require(whole.status == 0, "\(whole.errors)")
        let cut = try await Self.carry(
            workshop, Self.next, workshop.archive, diff, "--have", "enclave.inventory", "--verify-inventory",
            keys.public)
        try #require(cut.status == 0, "\(cut.errors)")
        #expect(cut.errors.contains("leaves out 6 blobs") && !cut.errors.contains("not verified"), "\(cut.errors)")
        let dry = try await Self.carry(
            workshop, Self.next, workshop.archive, "none", "--have", "enclave.inventory", "--dry-run")
        #expect(dry.status == 0 && dry.errors.contains("6 blobs of"), "\(dry.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/none"))
        let (there, all) = (try await Self.blobs(diff), try await Self.blobs(full))
        #expect(try all.subtracting(there) == Self.unchanged(workshop))
        #expect(there.isSubset(of: all))
        let sizes = (diff: try Self.size(diff), full: try Self.size(full))
        #expect(sizes.diff * 3 < sizes.full, "\(sizes)")

        let received = try await Self.carry(workshop, Self.next, diff, receiver)
        try #require(received.status == 0, "\(received.errors)")
        let final = try await workshop.verify(receiver, Self.next)
        #expect(final.status == 0, "\(final.errors)")
        #expect(try await workshop.verify(receiver).status == 0)
        withExtendedLifetime(server) {}
    }

    @Test("by an earlier version: the same archive as by an inventory of who has that") func since() async throws {
        let workshop = try await Self.workshop()
        try #require(try await Self.carry(workshop, Workshop.product, workshop.archive, "base").status == 0)
        try await workshop.done("inventory", "create", "./base", "-O", "base.inventory")
        for (target, option) in [("since", ["--since", "1.0.0"]), ("have", ["--have", "base.inventory"])] {
            let cut = try await workshop.ocm(
                ["transfer", "cv", "--recursive", "--copy-resources"] + option + [
                    "\(workshop.archive)//\(Self.next)", target,
                ])
            try #require(cut.status == 0, "\(cut.errors)")
            #expect(cut.errors.contains("is not signed") == (target == "have"), "\(cut.errors)")
        }
        let blobs = try await Self.blobs("\(workshop.path)/since")
        #expect(try await blobs == Self.blobs("\(workshop.path)/have"))
        let unknown = try await Self.carry(
            workshop, Self.next, workshop.archive, "other", "--since", "0.9.0")
        #expect(unknown.status == 1 && unknown.errors.contains("0.9.0"), "\(unknown.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/other"))
    }

    @Test("say what is missing, all at once, and leave the target as it was", arguments: Receiver.installed)
    func missing(kind: Receiver) async throws {
        let workshop = try await Self.workshop()
        let (receiver, server) = try await kind.make(workshop)
        let cut = try await Self.carry(workshop, Self.next, workshop.archive, "diff.tar", "--since", "1.0.0")
        try #require(cut.status == 0, "\(cut.errors)")
        for more in [[], ["--dry-run"]] {
            let refused = try await workshop.ocm(
                ["transfer", "ctf", "diff.tar", receiver] + more)
            #expect(refused.status == 1, "\(refused.output)")
            for digest in try Self.unchanged(workshop) {
                #expect(refused.errors.contains(digest), "\(digest): \(refused.errors)")
            }
            for text in ["diff.tar leaves out 6 blobs", "example.org/app/product:1.0.0", "--lookup", "fix: "] {
                #expect(refused.errors.contains(text), "\(text): \(refused.errors)")
            }
        }
        if let server {
            let data = "\(server.folder.path)/data"
            let held = FileSystem.exists(data) ? try Workshop.files(in: data) : [:]
            #expect(held.isEmpty, "\(held.keys)")
        } else {
            #expect(!FileSystem.exists(receiver))
        }
        // By itself it says what is not in it.
        let alone = try await workshop.verify("diff.tar", Self.next)
        #expect(alone.status == 1 && alone.errors.contains("leaves out"), "\(alone.errors)")
        // Whoever has the rest may give it.
        let received = try await Self.carry(
            workshop, Self.next, "diff.tar", receiver, "--lookup", workshop.archive)
        try #require(received.status == 0, "\(received.errors)")
        let final = try await workshop.verify(receiver, Self.next)
        #expect(final.status == 0, "\(final.errors)")
        withExtendedLifetime(server) {}
    }

    @Test("are received by the targets that have the rest, and by no other") func targets() async throws {
        let workshop = try await Self.workshop()
        try #require(try await Self.carry(workshop, Workshop.product, workshop.archive, "first").status == 0)
        try #require(
            try await Self.carry(workshop, Self.next, workshop.archive, "diff.tgz", "--since", "1.0.0").status == 0)
        let result = try await workshop.ocm(
            "transfer", "cv", "--recursive", "diff.tgz//\(Self.next)", "first", "second")
        #expect(result.status == 5 && result.output.contains("leaves out 6 blobs"), "\(result.output)\(result.errors)")
        #expect(try await workshop.verify("first", Self.next).status == 0)
        #expect(!FileSystem.exists("\(workshop.path)/second"))
    }

    @Test("take over what another component of the receiver has", arguments: Receiver.installed)
    func elsewhere(kind: Receiver) async throws {
        let workshop = try await Self.workshop()
        let (receiver, server) = try await kind.make(workshop)
        try #require(try await Self.carry(workshop, Workshop.product, workshop.archive, receiver).status == 0)
        try await workshop.done("inventory", "create", receiver, "-O", "enclave.inventory")
        try workshop.write(
            "other.yaml", Workshop.constructor(version: "1.0.0").replacing("app/", with: "other/"))
        try await workshop.done("add", "cv", "--create", "--file", "other", "other.yaml")
        try await workshop.done(
            "transfer", "ctf", "--copy-resources", "--have", "enclave.inventory", "./other", "diff.tgz")
        let there = try await Self.blobs("\(workshop.path)/diff.tgz")
        #expect(there.isDisjoint(with: try Self.unchanged(workshop)))
        let received = try await workshop.ocm("transfer", "ctf", "diff.tgz", receiver, "-o", "json")
        try #require(received.status == 0, "\(received.errors)")
        for (resource, file) in [("data", "data.bin"), ("right", "right.bin"), ("left", "left.bin")] {
            try await workshop.done(
                "download", "resource", "\(receiver)//example.org/other/leaf:1.0.0", resource, "-O", "out-\(resource)")
            #expect(try workshop.read("out-\(resource)") == workshop.read(file))
        }
        try await workshop.done(
            "download", "resource", "\(receiver)//example.org/other/leaf:1.0.0", "image", "-O", "out-image")
        withExtendedLifetime(server) {}
    }

    @Test("are cut again from one another, and need no more than they leave out together") func chain() async throws {
        let workshop = try await Self.workshop()
        try #require(try await Self.carry(workshop, Workshop.product, workshop.archive, "receiver").status == 0)
        try await workshop.done("inventory", "create", "./receiver", "-O", "enclave.inventory")
        try #require(
            try await Self.carry(workshop, Self.next, workshop.archive, "diff", "--since", "1.0.0").status == 0)
        let again = try await Self.carry(workshop, Self.next, "./diff", "diff.tgz", "--have", "enclave.inventory")
        try #require(again.status == 0, "\(again.errors)")
        let received = try await Self.carry(workshop, Self.next, "diff.tgz", "receiver")
        try #require(received.status == 0, "\(received.errors)")
        #expect(try await workshop.verify("receiver", Self.next).status == 0)
    }

    @Test("are not made by an inventory that does not verify, nor for a registry") func refused() async throws {
        let workshop = try await Self.workshop()
        let keys = try Self.key(workshop)
        try await workshop.done("inventory", "create", workshop.archive, "-K", keys.private, "-O", "a.inventory")
        let altered = String(decoding: try workshop.read("a.inventory"), as: UTF8.self)
            .replacing("example.org/app/leaf", with: "example.org/app/lead")
        try workshop.write("b.inventory", altered)
        for (file, key, status) in [
            ("b.inventory", keys.public, Int32(3)), ("a.inventory", workshop.publicKey, 3),
            ("leaf.txt", keys.public, 1),
            ("none", keys.public, 1),
        ] {
            let result = try await Self.carry(
                workshop, Self.next, workshop.archive, "diff", "--have", file, "--verify-inventory", key)
            #expect(result.status == status && result.errors.contains(file), "\(file): \(result.errors)")
            #expect(!FileSystem.exists("\(workshop.path)/diff"))
        }
        let registry = try await Self.carry(
            workshop, Self.next, workshop.archive, "localhost:1", "--have", "a.inventory")
        #expect(registry.status == 2, "\(registry.errors)")
        let printed = try await workshop.ocm("transfer", "cv", "--transfer-spec", "plan.yaml", "--since", "1.0.0")
        #expect(printed.status == 2 && printed.errors.contains("--since"), "\(printed.errors)")
    }
}
