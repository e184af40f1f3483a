// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Documents
import TestInputs
import TestServers
import Testing
import Web
import WebServer

@testable import PackageRepositories

@Suite("npm packages are found, checked and published") struct NPMTests {
    static func packed(_ name: String, _ version: String, extra: String = "") async throws -> [UInt8] {
        let manifest = #"{"name": "\#(name)", "version": "\#(version)", "description": "a <test>"}"#
        return try await Tar.stream([
            .bytes("package/package.json", Array(manifest.utf8)),
            .bytes("package/index.js", Array("// \(extra)\n".utf8)),
        ]).gzipped().collect(limit: 1 << 20)
    }

    /// A registry as npm clients see it, that keeps what is published.
    static func registry() throws -> PackageServer {
        let store = Guarded<[String: [UInt8]]>([:])
        return try PackageServer { request, body in
            guard request.method == .put else {
                return store.withLock { $0[request.path] }.map { ServerResponse(status: 200, body: .bytes($0)) }
            }
            var document = try JSON(parsing: body, source: "what was published")
            for (name, file) in document["_attachments"]?.object ?? [:] {
                let bytes = [UInt8](base64: file["data"]?.string ?? "") ?? []
                guard file["length"]?.int == Int64(bytes.count) else { return ServerResponse(status: 400) }
                store.withLock { $0["\(request.path)/-/\(name)"] = bytes }
            }
            document["_attachments"] = nil
            store.withLock { store in
                if let old = store[request.path].flatMap({ try? JSON(parsing: $0, source: "kept") }) {
                    var versions = old["versions"] ?? [:]
                    for (version, entry) in document["versions"]?.object ?? [:] { versions[version] = entry }
                    document["versions"] = versions
                }
                store[request.path] = document.encoded()
            }
            return ServerResponse(status: 201)
        }
    }

    @Test(
        "npm itself installs what we publish, and we read what it publishes",
        .enabled(if: NPMProgram.isInstalled, "\(NPMProgram.missing)"))
    func realClient() async throws {
        let server = try Self.registry()
        let registry = NPMRegistry(try server.address(), PackageServer.connection())
        try await registry.publish(PackageContent(Self.packed("ours", "1.0.0", extra: "made here")))
        let folder = try TemporaryFolder(prefix: "npm")
        let installed = try await NPMProgram.install("ours@1.0.0", from: server.url, in: folder)
        #expect(String(decoding: installed, as: UTF8.self) == "// made here\n")

        let path = "\(folder.path)/theirs"
        try FileSystem.makeFolder(path)
        try FileSystem.write(
            Array(#"{"name": "theirs", "version": "2.0.0", "files": ["index.js"]}"#.utf8), to: "\(path)/package.json")
        try FileSystem.write(Array("// made there".utf8), to: "\(path)/index.js")
        try await NPMProgram.publish(path, to: server.url, in: folder)
        let file = try await registry.file(NPMPackage(name: "theirs", version: "2.0.0"))
        let packed = try await PackedNPMPackage(reading: file.content, limit: 1 << 20)
        #expect(packed.package.version == "2.0.0" && file.integrity == .digest(packed.sha512))
        await server.stop()
    }

    static let badNames = [
        ("", "1.0.0"), ("..", "1.0.0"), ("../x", "1.0.0"), ("@a/b/c", "1.0.0"), ("@/b", "1.0.0"), ("a/b", "1.0.0"),
        ("_a", "1.0.0"), (".a", "1.0.0"), ("a%2f..", "1.0.0"), ("a b", "1.0.0"), ("a", "latest"), ("a", "1.0"),
        ("a", "^1.0.0"), ("a", "1.0.0/../../b"), ("a", "v1.0.0"), (String(repeating: "a", count: 215), "1.0.0"),
    ]

    @Test("names and versions that are none are refused", arguments: badNames)
    func refusal(name: String, version: String) {
        #expect(throws: Fault.self) { try NPMPackage(name: name, version: version) }
    }

    @Test("the slash of a scope is escaped in the address")
    func scope() throws {
        for base in ["https://npm.acme.org/base", "https://npm.acme.org/base/"] {
            let registry = NPMRegistry(try HTTPURL(base), PackageServer.connection())
            #expect(try registry.address(of: "@acme/app").description == "https://npm.acme.org/base/@acme%2Fapp")
        }
    }

    @Test("what is published reads back and is not written over", arguments: ["plain", "with-Capital.and~more"])
    func publishing(name: String) async throws {
        let server = try Self.registry()
        let registry = NPMRegistry(try server.address("/npm/"), PackageServer.connection())
        let bytes = try await Self.packed(name, "1.2.3")
        let package = try NPMPackage(name: name, version: "1.2.3")
        let published = try await registry.publish(PackageContent(bytes), expected: package)
        #expect(published.outcome == .published && published.package == package)
        #expect(server.lines.last == "PUT /npm/\(name)")
        let file = try await registry.file(package)
        #expect(file.integrity == .digest(Digest(of: bytes, algorithm: .sha512)))
        #expect(try await file.content.bytes() == bytes)
        #expect(try await registry.publish(PackageContent(bytes)).outcome == .alreadyThere)
        let other = try await Self.packed(name, "1.2.3", extra: "other")
        #expect(await fault { try await registry.publish(PackageContent(other)) }?.code == .conflict)
        let wrong = await fault {
            try await registry.publish(PackageContent(bytes), expected: NPMPackage(name: name, version: "1.2.4"))
        }
        #expect(wrong?.code == .invalid)
        let next = try await Self.packed(name, "1.3.0-rc.1")
        #expect(try await registry.publish(PackageContent(next), tag: "next").outcome == .published)
        let missing = await fault { _ = try await registry.file(NPMPackage(name: name, version: "9.9.9")) }
        #expect(missing?.code == .notFound)
        await server.stop()
    }

    @Test("a file of any size is sent as it is made, and counted before", arguments: [0, 1, 2, 3, 400_000])
    func lengths(padding: Int) async throws {
        let server = try Self.registry()
        let registry = NPMRegistry(try server.address(), PackageServer.connection())
        var generator = SeededGenerator(seed: 1)
        let noise = (0..<padding).map { _ in String(UInt8.random(in: 0...255, using: &generator), radix: 16) }.joined()
        let bytes = try await Self.packed("a", "1.0.0", extra: noise)
        try await registry.publish(PackageContent(size: nil) { ByteStream(bytes) })
        #expect(try await registry.file(NPMPackage(name: "a", version: "1.0.0")).content.bytes() == bytes)
        await server.stop()
    }

    static func packument(_ tarball: String, _ integrity: String) -> [UInt8] {
        Array(
            """
            {"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"tarball":"\(tarball)",\(integrity)}}}}
            """.utf8)
    }
    private static func integrity(_ bytes: [UInt8]) -> String {
        "\"integrity\":\"sha1-x sha512-\(Digest(of: bytes, algorithm: .sha512).bytes.base64)\""
    }

    @Test("bytes other than those that the registry vouches for are refused") func damage() async throws {
        let server = try PackageServer([
            "/a": Self.packument("/a/-/a-1.0.0.tgz", Self.integrity([1])), "/a/-/a-1.0.0.tgz": [2],
        ])
        let registry = NPMRegistry(try server.address(), PackageServer.connection())
        let found = await fault {
            _ = try await registry.file(NPMPackage(name: "a", version: "1.0.0")).content.bytes()
        }
        #expect(found?.code == .mismatch)
        await server.stop()
    }

    static let lies: [(String, Fault.Code)] = [
        (#"{"name":"b","versions":{}}"#, .corrupt), (#"{"name":"a"}"#, .invalid), ("[]", .corrupt),
        ("<html>", .invalid),
        (#"{"name":"a","versions":{"1.0.0":{"name":"b","version":"1.0.0"}}}"#, .corrupt),
        (#"{"name":"a","versions":{"1.0.0":{"name":"a","version":"2.0.0"}}}"#, .corrupt),
        (#"{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"shasum":"x"}}}}"#, .corrupt),
        (#"{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"tarball":"/x"}}}}"#, .unverified),
        (
            #"{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"tarball":"/x","integrity":"md5-x"}}}}"#,
            .invalid
        ),
        (
            #"{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"tarball":"/x","shasum":"12"}}}}"#,
            .invalid
        ),
        (
            #"{"name":"a","versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":{"tarball":"file:///x","shasum":"\#(String(repeating: "0", count: 40))"}}}}"#,
            .invalid
        ),
        (#"{"name":"a","versions":{}}"#, .notFound),
    ]

    @Test("what a registry says is checked before anything is fetched", arguments: lies)
    func registryLies(document: String, code: Fault.Code) async throws {
        let server = try PackageServer(["/a": Array(document.utf8)])
        let registry = NPMRegistry(try server.address(), PackageServer.connection())
        #expect(await fault { _ = try await registry.file(NPMPackage(name: "a", version: "1.0.0")) }?.code == code)
        #expect(server.lines == ["GET /a"])
        await server.stop()
    }

    @Test("a file on another origin is fetched without the registry's credential, and needs more than a SHA-1")
    func otherOrigin() async throws {
        let other = try PackageServer(["/f.tgz": [1]])
        let server = try PackageServer(["/a": Self.packument("\(other.url)/f.tgz", Self.integrity([1]))])
        let own = try server.address().origin
        let connection = PackageServer.connection { _, url in url.origin == own ? .bearer("secret") : nil }
        let registry = NPMRegistry(try server.address(), connection)
        let package = try NPMPackage(name: "a", version: "1.0.0")
        #expect(try await registry.file(package).content.bytes() == [1])
        #expect(server.requests.withLock { $0.allSatisfy { $0.headers["Authorization"] == "Bearer secret" } })
        #expect(other.requests.withLock { $0.count == 1 && $0[0].headers["Authorization"] == nil })
        server.files.withLock {
            $0["/a"] = Self.packument("\(other.url)/f.tgz", "\"shasum\":\"bf8b4530d8d246dd74ac53a13471bba17941dff7\"")
        }
        #expect(await fault { _ = try await registry.file(package) }?.code == .unverified)
        await server.stop()
        await other.stop()
    }

    @Test("what is no package, or damaged, is refused or read within bounds", arguments: [1, 2] as [UInt64])
    func damagedPackuments(seed: UInt64) throws {
        let package = try NPMPackage(name: "a", version: "1.0.0")
        var mutator = ByteMutator(
            samples: [Self.packument("https://x.org/a.tgz", Self.integrity([1]))],
            tokens: ["integrity", "sha512-", "sha1-", "shasum", "null", "{}", "versions"], seed: seed)
        var accepted = 0
        for _ in 0..<3000 {
            guard let packument = try? NPMPackument(parsing: mutator.next(), of: "a", source: "doc"),
                let found = try? packument.distribution(of: package)
            else { continue }
            accepted += 1
            if case .digest(let digest) = found.integrity { #expect(digest.algorithm == .sha512) }
        }
        #expect(accepted > 50)
    }

    @Test("a file without a description, or that is no archive, is not published") func noPackage() async throws {
        let server = try Self.registry()
        let registry = NPMRegistry(try server.address(), PackageServer.connection())
        let empty = try await Tar.stream([.bytes("package/x", [1])]).gzipped().collect(limit: 1 << 20)
        for bytes in [empty, [1, 2, 3], try await Self.packed("../x", "1.0.0")] {
            #expect(await fault { try await registry.publish(PackageContent(bytes)) }?.code == .invalid)
        }
        #expect(server.lines.isEmpty)
        await server.stop()
    }
}
