// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import OCI
import Repositories
import Testing

@Suite("Reading transport archives") struct TransportArchiveReadingTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let path: String, repository: String, tag: String, manifests: Int
        var testDescription: String { path }
    }
    static let hello = "component-descriptors/github.com/acme.org/helloworld"
    static let demo = "component-descriptors/acme.org/demo"
    static let vectors: [Vector] = [
        Vector(path: "v1-plain/transport-archive", repository: hello, tag: "1.0.0", manifests: 1),
        Vector(path: "v1-plain/transport-archive.tar", repository: hello, tag: "1.0.0", manifests: 1),
        Vector(path: "v1-plain/transport-archive.tar.gz", repository: hello, tag: "1.0.0", manifests: 1),
        Vector(path: "v1-with-resource/transport-archive", repository: hello, tag: "1.0.0", manifests: 1),
        Vector(path: "v1-without-resource/transport-archive", repository: hello, tag: "1.0.0", manifests: 1),
        Vector(
            path: "constructed-v2-plain/transport-archive", repository: demo, tag: "1.0.0.build-build.7", manifests: 1),
        Vector(
            path: "constructed-v2-index/transport-archive", repository: demo, tag: "1.0.0.build-build.7", manifests: 3),
    ]

    @Test(
        "reads what other implementations wrote", .enabled(if: transportArchiveVectors != nil, "needs the vectors"),
        arguments: vectors)
    func reads(_ vector: Vector) async throws {
        let path = "\(try #require(transportArchiveVectors))/\(vector.path)"
        let archive = try await CommonTransportArchive.open(path: path)
        #expect(try await archive.repositories(prefix: "component-descriptors/") == [vector.repository])
        #expect(try await archive.repositories(prefix: "other") == [])
        #expect(try await archive.tags(in: vector.repository) == [vector.tag])

        let top = try #require(try await archive.resolve(vector.tag, in: vector.repository))
        #expect(try await archive.resolve("\(top.digest)", in: vector.repository) == top)
        #expect(try await archive.resolve("0.0.0", in: vector.repository) == nil)
        var open = [top]
        var manifests = 0
        while let next = open.popLast() {
            let found = try await archive.manifest(next.digest, in: vector.repository)
            #expect(found.mediaType == next.mediaType)
            #expect(Int64(found.bytes.count) == next.size)
            manifests += 1
            let manifest = try OCIManifest(parsing: found.bytes, mediaType: found.mediaType, source: "\(next.digest)")
            if manifest.isIndex {
                open += manifest.children
                continue
            }
            for child in manifest.children {
                #expect(try await archive.blobSize(child.digest, in: vector.repository) == child.size)
                let stream = try await archive.openBlob(child.digest, size: child.size, in: vector.repository)
                #expect(Digest(of: try await stream.collect(limit: 1 << 24)) == child.digest)
            }
        }
        #expect(manifests == vector.manifests)
    }

    static let digest = "sha256:" + String(repeating: "ab", count: 32)
    static let hostile: [(name: String, index: String, code: Fault.Code)] = [
        ("no JSON", "nonsense", .invalid),
        ("no version", #"{"artifacts":[]}"#, .invalid),
        ("another version", #"{"schemaVersion":2,"artifacts":[]}"#, .unsupported),
        ("artifacts that are no list", #"{"schemaVersion":1,"artifacts":{}}"#, .invalid),
        ("no repository", #"{"schemaVersion":1,"artifacts":[{"digest":"\#(digest)"}]}"#, .invalid),
        (
            "an absolute repository", #"{"schemaVersion":1,"artifacts":[{"repository":"/etc","digest":"\#(digest)"}]}"#,
            .invalid
        ),
        (
            "a repository upwards", #"{"schemaVersion":1,"artifacts":[{"repository":"a/../b","digest":"\#(digest)"}]}"#,
            .invalid
        ),
        (
            "a repository with a blank",
            #"{"schemaVersion":1,"artifacts":[{"repository":"a b","digest":"\#(digest)"}]}"#, .invalid
        ),
        (
            "a repository with a NUL",
            #"{"schemaVersion":1,"artifacts":[{"repository":"a\u0000","digest":"\#(digest)"}]}"#, .invalid
        ),
        (
            "a tag with a slash",
            #"{"schemaVersion":1,"artifacts":[{"repository":"a","tag":"../1","digest":"\#(digest)"}]}"#, .invalid
        ),
        ("no digest", #"{"schemaVersion":1,"artifacts":[{"repository":"a","tag":"1"}]}"#, .invalid),
        (
            "a digest like a path", #"{"schemaVersion":1,"artifacts":[{"repository":"a","digest":"sha256:../../x"}]}"#,
            .invalid
        ),
        (
            "one tag for two manifests",
            #"{"schemaVersion":1,"artifacts":[{"repository":"a","tag":"1","digest":"\#(digest)"},"#
                + #"{"repository":"a","tag":"1","digest":"sha256:\#(String(repeating: "cd", count: 32))"}]}"#, .invalid
        ),
    ]
    @Test("refuses an index that could lead astray", arguments: hostile.indices)
    func hostileIndex(_ number: Int) async throws {
        let (name, index, code) = Self.hostile[number]
        let folder = try TemporaryFolder()
        try FileSystem.write(Array(index.utf8), to: "\(folder.path)/artifact-index.json")
        let fault = await faultOf { _ = try await CommonTransportArchive.open(path: folder.path) }
        #expect(fault?.code == code, "\(name): \(fault?.message ?? "accepted")")
        #expect(fault?.message.contains("artifact-index.json") == true || fault?.message.contains("digest") == true)
    }

    static let tolerable: [(name: String, index: String?, repositories: [String])] = [
        ("no index", nil, []), ("null", #"{"schemaVersion":1,"artifacts":null}"#, []),
        ("no list", #"{"schemaVersion":1}"#, []),
        (
            "unknown fields",
            #"{"x":1,"schemaVersion":1,"artifacts":[{"repository":"a","y":2,"digest":"\#(digest)"}]}"#, ["a"]
        ),
        (
            "an empty tag", #"{"schemaVersion":1,"artifacts":[{"repository":"a","tag":"","digest":"\#(digest)"}]}"#,
            ["a"]
        ),
    ]
    @Test("accepts what upstream accepts", arguments: tolerable.indices)
    func tolerantIndex(_ number: Int) async throws {
        let (_, index, repositories) = Self.tolerable[number]
        let folder = try TemporaryFolder()
        if let index { try FileSystem.write(Array(index.utf8), to: "\(folder.path)/artifact-index.json") }
        let archive = try await CommonTransportArchive.open(path: folder.path)
        #expect(try await archive.repositories(prefix: "") == repositories)
        for repository in repositories { #expect(try await archive.tags(in: repository) == []) }
    }

    static let links: [(name: String, kind: TarEntry.Kind)] = [
        ("blobs/sha256.\(String(repeating: "ab", count: 32))", .symbolicLink("/etc/passwd")),
        ("artifact-index.json", .symbolicLink("../secret.json")), ("second", .hardLink("artifact-index.json")),
        ("pipe", .other(UInt8(ascii: "6"))),
    ]
    @Test("refuses tars with links and devices, compressed or not", arguments: links.indices, [false, true])
    func refusesLinks(_ number: Int, isCompressed: Bool) async throws {
        let folder = try TemporaryFolder()
        let (name, kind) = Self.links[number]
        let member = TarMember(entry: TarEntry(path: name, kind: kind, size: 0, mode: 0o644)) { ByteStream([]) }
        let tar = Tar.stream([.bytes("blobs/note", []), member])
        let bytes = try await (isCompressed ? tar.gzipped() : tar).collect(limit: 1 << 20)
        try FileSystem.write(bytes, to: "\(folder.path)/x.tar")
        let fault = await faultOf { _ = try await CommonTransportArchive.open(path: "\(folder.path)/x.tar") }
        #expect(fault?.code == .invalid)
        #expect(fault?.message.contains(name) == true)
    }

    @Test("does not follow a link in a folder")
    func linkInFolder() async throws {
        let folder = try TemporaryFolder()
        let content = Array("secret".utf8)
        let digest = Digest(of: content)
        try FileSystem.write(content, to: "\(folder.path)/secret")
        try FileSystem.makeFolder("\(folder.path)/a/blobs")
        let link = try await ChildProcess.run(
            ["ln", "-s", "../../secret", "blobs/sha256.\(digest.hex)"], workingFolder: "\(folder.path)/a")
        #expect(link.status == 0)
        let archive = try await CommonTransportArchive.open(path: "\(folder.path)/a")
        let fault = await faultOf { _ = try await archive.openBlob(digest, size: nil, in: "r") }
        #expect(fault?.code == .invalid)
    }

    @Test("says what is wrong with a path", arguments: ["missing", "folder", "text", "component archive"])
    func wrongPath(_ what: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/x"
        switch what {
        case "folder": try FileSystem.makeFolder("\(path)/something")
        case "text": try FileSystem.write(Array("hello".utf8), to: path)
        case "component archive":
            try FileSystem.makeFolder("\(path)/blobs")
            try FileSystem.write(Array("meta: {}".utf8), to: "\(path)/component-descriptor.yaml")
        default: break
        }
        let fault = await faultOf { _ = try await CommonTransportArchive.open(path: path) }
        #expect(fault?.code == (what == "missing" ? .notFound : .invalid))
        #expect(fault?.message.contains(path) == true)
        #expect(fault?.fix != nil)
    }

    @Test("a changed blob and a changed manifest are noticed")
    func damaged() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a"
        let sample = SampleArtifact(["config", "layer"])
        let archive = try await CommonTransportArchive.create(path: path)
        try await sample.push(to: archive, "r", tag: "1")
        for digest in [sample.digest, Digest(of: sample.blobs[1])] {
            let file = "\(path)/blobs/sha256.\(digest.hex)"
            var bytes = try FileSystem.read(file, limit: 1 << 20)
            bytes[bytes.count - 1] ^= 1
            try FileSystem.write(bytes, to: file)
        }
        let manifest = await faultOf { _ = try await archive.manifest(sample.digest, in: "r") }
        #expect(manifest?.code == .mismatch)
        let layer = await faultOf {
            _ = try await archive.openBlob(Digest(of: sample.blobs[1]), size: nil, in: "r").collect(limit: 100)
        }
        #expect(layer?.code == .mismatch)
    }
}
