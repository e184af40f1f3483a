// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Documents
import OCI
import Repositories
import Testing

@Suite("Writing transport archives") struct TransportArchiveWritingTests {
    static let samples: [(repository: String, tag: String?, artifact: SampleArtifact)] = [
        ("component-descriptors/acme.org/app", "1.0.0", SampleArtifact(["config 1", "shared layer"])),
        ("component-descriptors/acme.org/app", "1.1.0", SampleArtifact(["config 2", "shared layer", "more"])),
        ("component-descriptors/acme.org/lib", "0.1.0", SampleArtifact(["config 3"])),
        ("component-descriptors/acme.org/lib", nil, SampleArtifact(["config 4", "nested"])),
    ]
    static let names = ["archive", "archive.tar", "archive.tgz", "archive.tar.gz"]

    private func check(_ path: String) async throws {
        let archive = try await CommonTransportArchive.open(path: path)
        #expect(
            try await archive.repositories(prefix: "component-descriptors/") == [
                "component-descriptors/acme.org/app", "component-descriptors/acme.org/lib",
            ])
        #expect(try await archive.tags(in: "component-descriptors/acme.org/app") == ["1.0.0", "1.1.0"])
        for (repository, tag, artifact) in Self.samples {
            let found = try await archive.resolve(tag ?? "\(artifact.digest)", in: repository)
            #expect(found?.digest == artifact.digest)
            #expect(found?.mediaType == SampleArtifact.mediaType)
            #expect(try await archive.manifest(artifact.digest, in: repository).bytes == artifact.manifest)
            for blob in artifact.blobs {
                let stream = try await archive.openBlob(Digest(of: blob), size: nil, in: repository)
                #expect(try await stream.collect(limit: 1 << 20) == blob)
            }
        }
    }

    @Test("what is written is read back", arguments: names)
    func roundTrip(name: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        let archive = try await CommonTransportArchive.create(path: path)
        for (repository, tag, artifact) in Self.samples { try await artifact.push(to: archive, repository, tag: tag) }
        try await archive.finish()
        try await archive.finish()
        try await check(path)
        // Also as one writes on.
        #expect(
            try await archive.resolve("1.0.0", in: Self.samples[0].repository)?.digest
                == Self.samples[0].artifact.digest)
    }

    @Test("an archive grows over several runs", arguments: names)
    func grows(name: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        try await CommonTransportArchive.create(path: path).finish()
        for (repository, tag, artifact) in Self.samples {
            let archive = try await CommonTransportArchive.open(path: path, writable: true)
            try await artifact.push(to: archive, repository, tag: tag)
            try await archive.finish()
        }
        try await check(path)
        #expect(try FileSystem.names(in: folder.path) == [name])
    }

    @Test("equal content gives equal bytes, whatever the order of writing", arguments: names)
    func reproducible(name: String) async throws {
        var results: Set<[String: [UInt8]]> = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let folder = try TemporaryFolder()
            do {
                let archive = try await CommonTransportArchive.create(path: "\(folder.path)/\(name)")
                for index in order {
                    let (repository, tag, artifact) = Self.samples[index]
                    try await artifact.push(to: archive, repository, tag: tag)
                }
                try await archive.finish()
            }
            results.insert(try files(in: folder.path))
        }
        #expect(results.count == 1)
    }

    @Test("a tar has the order and the headers of v1")
    func headers() async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/a.tar")
        for (repository, tag, artifact) in Self.samples { try await artifact.push(to: archive, repository, tag: tag) }
        try await archive.finish()
        let entries = try TarIndex(file: SharedFile(reading: "\(folder.path)/a.tar")).entries.map(\.entry)
        #expect(entries.prefix(2).map(\.path) == ["artifact-index.json", "blobs"])
        #expect(entries.dropFirst(2).map(\.path) == entries.dropFirst(2).map(\.path).sorted())
        #expect(entries.allSatisfy { $0.modified == 1_640_995_200 && $0.userID == 0 && $0.groupID == 0 })
        #expect(entries.allSatisfy { $0.mode == ($0.kind == .folder ? 0o755 : 0o644) })
    }

    @Test(
        "rewriting an archive of v1 gives its bytes again",
        .enabled(if: transportArchiveVectors != nil, "needs the vectors"))
    func sameAsUpstream() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.tar"
        let repository = TransportArchiveReadingTests.hello
        let original = try FileSystem.read(
            "\(try #require(transportArchiveVectors))/v1-plain/transport-archive.tar", limit: 1 << 20)
        try FileSystem.write(original, to: path)
        let archive = try await CommonTransportArchive.open(path: path, writable: true)
        let top = try #require(try await archive.resolve("1.0.0", in: repository))
        try await archive.untag("1.0.0", in: repository)
        try await archive.finish()
        let changed = try FileSystem.read(path, limit: 1 << 20)
        #expect(changed != original)
        let bytes = try await archive.manifest(top.digest, in: repository).bytes
        _ = try await archive.pushManifest(bytes, mediaType: top.mediaType, in: repository, tag: "1.0.0")
        try await archive.finish()
        // The one difference is that we write the media type; everything behind the index is as it was.
        let rewritten = try FileSystem.read(path, limit: 1 << 20)
        let (theirs, ours) = (original.dropFirst(1024), rewritten.dropFirst(1024))
        #expect(original.count == rewritten.count)
        #expect(Array(theirs) == Array(ours))
        let index = try TarIndex(file: SharedFile(reading: path)).read("artifact-index.json", limit: 1 << 20)
        #expect(
            try JSON(parsing: try #require(index), source: "index")["artifacts"]?[0]?["mediaType"]?.string
                == top.mediaType)
    }

    @Test("wrong bytes leave nothing behind", arguments: ["other digest", "shorter", "longer"], ["a", "a.tar"])
    func wrongBytes(_ what: String, name: String) async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/\(name)")
        let digest = Digest(of: Array("right".utf8))
        let text = ["other digest": "wrong", "shorter": "righ", "longer": "right!"][what] ?? ""
        let blob = BlobSource(digest: digest, size: 5, open: { ByteStream(Array(text.utf8)) })
        let fault = await faultOf { _ = try await archive.pushBlob(blob, in: "r") }
        #expect(fault?.code == .mismatch)
        #expect(try await archive.blobSize(digest, in: "r") == nil)
        if name == "a" { #expect(try FileSystem.names(in: "\(folder.path)/a/blobs") == []) }
    }

    @Test("a file is copied through its fast path, and checked")
    func fromFile() async throws {
        let folder = try TemporaryFolder()
        let bytes = [UInt8](repeating: 7, count: 700_000)
        try FileSystem.write([1, 2] + bytes + [3], to: "\(folder.path)/source")
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/a")
        func blob(_ first: Int64) -> BlobSource {
            BlobSource(
                digest: Digest(of: bytes), size: 700_000, file: ("\(folder.path)/source", first..<first + 700_000),
                open: { ByteStream([]) })
        }
        #expect(await faultOf { _ = try await archive.pushBlob(blob(1), in: "r") }?.code == .mismatch)
        #expect(try await archive.pushBlob(blob(2), in: "r") == .pushed)
        #expect(try await archive.pushBlob(blob(1), in: "r") == .alreadyThere)
        let path = "\(folder.path)/a/blobs/sha256.\(Digest(of: bytes).hex)"
        #expect(try FileSystem.entry(at: path)?.mode == 0o444)
    }

    @Test("content without a known digest is written once", arguments: ["a", "a.tar"])
    func ingest(name: String) async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/\(name)")
        let bytes = [UInt8](repeating: 3, count: 600_000)
        for _ in 0..<2 {
            let (digest, size) = try await archive.ingest(in: "r") { ByteStream(bytes) }
            #expect(digest == Digest(of: bytes))
            #expect(size == 600_000)
        }
        let fault = await faultOf {
            _ = try await archive.ingest(in: "r") { ByteStream { throw Fault(.unavailable, "the source is gone") } }
        }
        #expect(fault?.code == .unavailable)
        if name == "a" { #expect(try FileSystem.names(in: "\(folder.path)/a/blobs").count == 1) }
        try await archive.finish()
        let reader = try await CommonTransportArchive.open(path: "\(folder.path)/\(name)")
        #expect(try await reader.openBlob(Digest(of: bytes), size: 600_000, in: "r").collect(limit: 1 << 20) == bytes)
    }

    @Test("an abandoned run leaves the old state or the new one, never a mixture")
    func abandoned() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a"
        let (first, second) = (Self.samples[0].artifact, Self.samples[1].artifact)
        do {
            let archive = try await CommonTransportArchive.create(path: path)
            try await first.push(to: archive, "r", tag: "1")
            // Killed here: no finish; a blob and a manifest without a tag, and a file half written.
            try await second.push(to: archive, "r", tag: nil)
        }
        try FileSystem.write([1], to: "\(path)/blobs/.tmp-left")
        try FileSystem.write([1], to: "\(path)/.tmp-left")
        let reader = try await CommonTransportArchive.open(path: path)
        #expect(try await reader.tags(in: "r") == ["1"])
        #expect(try await reader.resolve("1", in: "r")?.digest == first.digest)

        let archive = try await CommonTransportArchive.open(path: path, writable: true)
        #expect(!FileSystem.exists("\(path)/blobs/.tmp-left"))
        #expect(!FileSystem.exists("\(path)/.tmp-left"))
        try await second.push(to: archive, "r", tag: "2")
        #expect(try await CommonTransportArchive.open(path: path).tags(in: "r") == ["1", "2"])
    }

    @Test("an abandoned tar changes nothing", arguments: ["a.tar", "a.tgz"])
    func abandonedTar(name: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        do {
            let archive = try await CommonTransportArchive.create(path: path)
            try await Self.samples[0].artifact.push(to: archive, "r", tag: "1")
            #expect(!FileSystem.exists(path))
        }
        #expect(try FileSystem.names(in: folder.path) == [])
        do {
            let archive = try await CommonTransportArchive.create(path: path)
            try await Self.samples[0].artifact.push(to: archive, "r", tag: "1")
            try await archive.finish()
        }
        let before = try FileSystem.read(path, limit: 1 << 20)
        do {
            try FileSystem.makeFolder("\(folder.path)/.tmp-\(name)-left/blobs")
            let archive = try await CommonTransportArchive.open(path: path, writable: true)
            #expect(!FileSystem.exists("\(folder.path)/.tmp-\(name)-left"))
            try await Self.samples[1].artifact.push(to: archive, "r", tag: "2")
        }
        #expect(try FileSystem.names(in: folder.path) == [name])
        #expect(try FileSystem.read(path, limit: 1 << 20) == before)
    }

    @Test("one writer at a time", arguments: names)
    func locked(name: String) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/\(name)"
        try await CommonTransportArchive.create(path: path).finish()
        do {
            let archive = try await CommonTransportArchive.open(path: path, writable: true)
            let fault = await faultOf { _ = try await CommonTransportArchive.open(path: path, writable: true) }
            #expect(fault?.code == .conflict)
            #expect(fault?.fix != nil)
            #expect(try await CommonTransportArchive.open(path: path).tags(in: "r") == [])
            try await archive.finish()
        }
        try await CommonTransportArchive.open(path: path, writable: true).finish()
    }

    @Test("two processes that make the same tar do not overwrite one another")
    func madeTwice() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/a.tar"
        let first = try await CommonTransportArchive.create(path: path)
        let second = try await CommonTransportArchive.create(path: path)
        try await first.finish()
        #expect(await faultOf { try await second.finish() }?.code == .conflict)
        #expect(await faultOf { _ = try await CommonTransportArchive.create(path: path) }?.code == .conflict)
    }

    @Test("refuses what would break the archive")
    func refusals() async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/a")
        let sample = SampleArtifact(["config", "layer"])
        func push(_ repository: String, _ tag: String?, _ bytes: [UInt8] = sample.manifest) async -> Fault.Code? {
            await faultOf {
                _ = try await archive.pushManifest(bytes, mediaType: SampleArtifact.mediaType, in: repository, tag: tag)
            }?.code
        }
        #expect(await push("r", "1") == .invalid, "its blobs are missing")
        try await sample.push(to: archive, "r", tag: "1")
        #expect(await push("r/../s", "1") == .invalid)
        #expect(await push("/r", "1") == .invalid)
        #expect(await push("r", "a/b") == .invalid)
        #expect(await push("r", "a+b") == .invalid)
        #expect(await push("r", "1", Array("{}".utf8)) == .corrupt)
        #expect(await push("r", "1", [UInt8](repeating: 0x20, count: 5 << 20)) == .limitExceeded)
        #expect(try await archive.tags(in: "r") == ["1"])
        let reader = try await CommonTransportArchive.open(path: "\(folder.path)/a")
        #expect(await faultOf { try await reader.untag("1", in: "r") }?.code == .unsupported)
        try FileSystem.makeFolder("\(folder.path)/other/things")
        let fault = await faultOf { _ = try await CommonTransportArchive.create(path: "\(folder.path)/other") }
        #expect(fault?.code == .conflict)
    }

    @Test("tags move as upstream moves them")
    func tags() async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/a")
        let (one, two) = (SampleArtifact(["1"]), SampleArtifact(["2"]))
        try await one.push(to: archive, "r", tag: nil)
        try await one.push(to: archive, "r", tag: "x")
        try await two.push(to: archive, "r", tag: "y")
        try await two.push(to: archive, "r", tag: "x")
        try await one.push(to: archive, "r", tag: nil)
        let index = try JSON(
            parsing: FileSystem.read("\(folder.path)/a/artifact-index.json", limit: 1 << 20), source: "index")
        let entries = (index["artifacts"]?.array ?? []).map {
            "\($0["repository"]?.string ?? "") \($0["tag"]?.string ?? "-") \($0["digest"]?.string ?? "")"
        }
        #expect(entries == ["r - \(one.digest)", "r x \(two.digest)", "r y \(two.digest)"])
        try await archive.untag("x", in: "r")
        try await archive.untag("y", in: "r")
        try await archive.untag("nothing", in: "r")
        #expect(try await archive.tags(in: "r") == [])
        #expect(try await archive.resolve("\(two.digest)", in: "r")?.digest == two.digest)
    }

    @Test("referrers are listed under the tag of their subject, in any order the same", arguments: ["a", "a.tar"])
    func referrers(name: String) async throws {
        let subject = SampleArtifact(["subject"])
        let referrers = (1...3).map { SampleArtifact(["sbom \($0)"], subject: subject, artifactType: "text/sbom\($0)") }
        var results: Set<[String: [UInt8]]> = []
        for order in [[0, 1, 2], [2, 1, 0]] {
            let folder = try TemporaryFolder()
            let path = "\(folder.path)/\(name)"
            do {
                let archive = try await CommonTransportArchive.create(path: path)
                try await subject.push(to: archive, "r", tag: "1")
                for index in order {
                    try await referrers[index].push(to: archive, "r", tag: nil)
                    try await referrers[index].push(to: archive, "r", tag: nil)
                    if index == 1 { try await archive.finish() }
                }
                try await archive.finish()
            }
            let reader = try await CommonTransportArchive.open(path: path)
            let all = try await reader.referrers(of: subject.digest, in: "r", artifactType: nil)
            #expect(all.map(\.digest) == referrers.map(\.digest).sorted())
            let one = try await reader.referrers(of: subject.digest, in: "r", artifactType: "text/sbom2")
            #expect(one.map(\.digest) == [referrers[1].digest])
            #expect(try await reader.referrers(of: referrers[0].digest, in: "r", artifactType: nil) == [])
            #expect(try await reader.tags(in: "r") == ["1", "sha256-\(subject.digest.hex)"])
            results.insert(try files(in: folder.path))
        }
        #expect(results.count == 1)
    }

    @Test("many writers at once in one process", arguments: ["a", "a.tgz"])
    func concurrent(name: String) async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/\(name)")
        try await (0..<60).forEachConcurrently(limit: 8) { number in
            let sample = SampleArtifact(["config \(number % 7)", "layer \(number % 5)", "own \(number)"])
            try await sample.push(to: archive, "r\(number % 3)", tag: "\(number)")
        }
        try await archive.finish()
        let reader = try await CommonTransportArchive.open(path: "\(folder.path)/\(name)")
        for repository in ["r0", "r1", "r2"] { #expect(try await reader.tags(in: repository).count == 20) }
    }
}
