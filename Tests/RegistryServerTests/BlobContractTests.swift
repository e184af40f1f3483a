// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing
import Web

@Suite("Blobs, as the distribution specification has them") struct BlobContractTests {
    private static let name = "acme.org/some/app"
    private static let text = Array("twelve bytes".utf8)
    private static let digest = Digest(of: text)

    @Test("a blob is pushed in each of the ways there are", arguments: DistributionEngine.installed, PushWay.allCases)
    func push(engine: DistributionEngine, way: PushWay) async throws {
        let wire = try await engine.start()
        let done = try await way.push(Self.text, Self.digest, to: Self.name, wire)
        #expect(done.status == 201)
        #expect(done.headers["Docker-Content-Digest"] == Self.digest.description)
        #expect(done.location.hasSuffix("/v2/\(Self.name)/blobs/\(Self.digest)"))
        let got = try await wire.ask("GET", "/v2/\(Self.name)/blobs/\(Self.digest)")
        #expect(got.status == 200 && got.body == Self.text)
        #expect(got.headers["Docker-Content-Digest"] == Self.digest.description)
        #expect(got.headers["Content-Length"] == "12")
        let head = try await wire.ask("HEAD", "/v2/\(Self.name)/blobs/\(Self.digest)")
        #expect(head.status == 200 && head.headers["Content-Length"] == "12" && head.body.isEmpty)
    }

    /// The ways to push a blob (“Pushing Blobs”).
    enum PushWay: String, CaseIterable, Sendable {
        case postThenPut, emptyPost, chunks, streamed, streamedThenPut, emptyLastChunk

        func push(_ text: [UInt8], _ digest: Digest, to name: String, _ wire: RegistryWire) async throws
            -> RegistryWire.Answer
        {
            let begun = try await wire.ask("POST", "/v2/\(name)/blobs/uploads/")
            #expect(begun.status == 202)
            let end = "digest=\(digest)"
            func patch(_ at: String, _ range: Range<Int>) async throws -> RegistryWire.Answer {
                let answer = try await wire.ask(
                    "PATCH", at, [("Content-Range", "\(range.lowerBound)-\(range.upperBound - 1)")],
                    body: Array(text[range]))
                #expect(answer.status == 202)
                #expect(answer.headers["Range"] == "0-\(range.upperBound - 1)")
                return answer
            }
            switch self {
            case .postThenPut: return try await wire.ask("PUT", begun.location.adding(end), body: text)
            case .emptyPost:
                let patched = try await wire.ask("PATCH", begun.location, body: text)
                return try await wire.ask("PUT", patched.location.adding(end))
            case .chunks:
                var at = begun.location
                for start in stride(from: 0, to: 9, by: 3) { at = try await patch(at, start..<start + 3).location }
                return try await wire.ask(
                    "PUT", at.adding(end), [("Content-Range", "9-11")], body: Array(text[9...]))
            case .streamed:
                let patched = try await wire.ask("PATCH", begun.location, body: text, isStreamed: true)
                #expect(patched.status == 202)
                return try await wire.ask("PUT", patched.location.adding(end))
            case .streamedThenPut:
                let patched = try await wire.ask("PATCH", begun.location, body: Array(text[..<5]), isStreamed: true)
                return try await wire.ask(
                    "PUT", patched.location.adding(end), body: Array(text[5...]), isStreamed: true)
            case .emptyLastChunk:
                return try await wire.ask("PUT", try await patch(begun.location, 0..<12).location.adding(end))
            }
        }
    }

    @Test("a digest of SHA-512 is kept too", arguments: DistributionEngine.installed)
    func sha512(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let digest = Digest(of: Self.text, algorithm: .sha512)
        let begun = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/")
        let done = try await wire.ask("PUT", begun.location.adding("digest=\(digest)"), body: Self.text)
        #expect(done.status == 201)
        #expect(try await wire.ask("GET", "/v2/\(Self.name)/blobs/\(digest)").body == Self.text)
    }

    @Test("an upload says where it stands, and is gone when it is cancelled", arguments: DistributionEngine.installed)
    func state(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let begun = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/")
        let patched = try await wire.ask("PATCH", begun.location, body: Array(Self.text[..<5]))
        let state = try await wire.ask("GET", patched.location)
        #expect(state.status == 204 && state.headers["Range"] == "0-4")
        #expect(try await wire.ask("DELETE", state.location).status == 204)
        let gone = try await wire.ask("GET", patched.location)
        #expect(gone.status == 404 && gone.code == "BLOB_UPLOAD_UNKNOWN")
    }

    @Test("bytes out of order are refused with 416", arguments: DistributionEngine.installed)
    func outOfOrder(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let begun = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/")
        let patched = try await wire.ask(
            "PATCH", begun.location, [("Content-Range", "0-2")], body: Array(Self.text[..<3]))
        for range in ["5-7", "0-2"] {
            let answer = try await wire.ask(
                "PATCH", patched.location, [("Content-Range", range)], body: Array(Self.text[5..<8]))
            engine.expect("Debian's 2.8 appends them wherever they belong") { answer.status == 416 }
        }
    }

    @Test("a digest that is not that of the bytes shows nothing", arguments: DistributionEngine.installed)
    func wrongDigest(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let lie = Digest(of: Array("a lie".utf8))
        let begun = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/")
        let done = try await wire.ask("PUT", begun.location.adding("digest=\(lie)"), body: Self.text)
        #expect(done.status == 400 && done.code == "DIGEST_INVALID")
        for digest in [lie, Self.digest] {
            #expect(try await wire.ask("HEAD", "/v2/\(Self.name)/blobs/\(digest)").status == 404)
        }
    }

    @Test(
        "what is no digest is refused", arguments: DistributionEngine.installed,
        [
            "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "sha256:\(String(repeating: "G", count: 64))",
            "nonsense",
        ])
    func noDigest(engine: DistributionEngine, text: String) async throws {
        let wire = try await engine.start()
        let begun = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/")
        let done = try await wire.ask("PUT", begun.location.adding("digest=\(text)"), body: Self.text)
        #expect(done.status == 400 && done.code == "DIGEST_INVALID")
    }

    @Test("a part is sent when it is asked for", arguments: DistributionEngine.installed, RangeCase.all)
    func ranges(engine: DistributionEngine, part: RangeCase) async throws {
        let wire = try await engine.start()
        try await wire.push("twelve bytes", to: Self.name)
        let answer = try await wire.ask(
            "GET", "/v2/\(Self.name)/blobs/\(Self.digest)", [("Range", part.range)])
        #expect(answer.status == part.status)
        if let content = part.content { #expect(answer.headers["Content-Range"] == content) }
        if let text = part.text { #expect(String(decoding: answer.body, as: UTF8.self) == text) }
    }

    struct RangeCase: Sendable {
        let range: String, status: Int, content: String?, text: String?
        static let all = [
            RangeCase(range: "bytes=0-5", status: 206, content: "bytes 0-5/12", text: "twelve"),
            RangeCase(range: "bytes=7-", status: 206, content: "bytes 7-11/12", text: "bytes"),
            RangeCase(range: "bytes=-5", status: 206, content: "bytes 7-11/12", text: "bytes"),
            RangeCase(range: "bytes=7-99", status: 206, content: "bytes 7-11/12", text: "bytes"),
        ]
    }

    @Test("a part that is not there is refused with 416 and the size", arguments: DistributionEngine.installed)
    func noSuchRange(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        try await wire.push("twelve bytes", to: Self.name)
        let path = "/v2/\(Self.name)/blobs/\(Self.digest)"
        let answer = try? await wire.ask("GET", path, [("Range", "bytes=12-")])
        engine.expect("Debian's 2.8 announces the length of a body that it does not send") {
            answer?.status == 416 && answer?.headers["Content-Range"] == "bytes */12"
        }
    }

    @Test("what the client has is not sent again", arguments: DistributionEngine.installed)
    func unchanged(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        try await wire.push("twelve bytes", to: Self.name)
        let path = "/v2/\(Self.name)/blobs/\(Self.digest)"
        let tag = try #require(try await wire.ask("GET", path).headers["ETag"])
        #expect(try await wire.ask("GET", path, [("If-None-Match", tag)]).status == 304)
        #expect(try await wire.ask("GET", path, [("If-None-Match", "\"other\"")]).status == 200)
    }

    @Test("a blob is mounted from another repository, or an upload begins", arguments: DistributionEngine.installed)
    func mount(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        try await wire.push("twelve bytes", to: "other")
        let mounted = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/?mount=\(Self.digest)&from=other")
        #expect(mounted.status == 201 && mounted.location.hasSuffix("/v2/\(Self.name)/blobs/\(Self.digest)"))
        #expect(try await wire.ask("HEAD", "/v2/\(Self.name)/blobs/\(Self.digest)").status == 200)
        let unknown = Digest(of: Array("nobody has this".utf8))
        let begun = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/?mount=\(unknown)&from=other")
        #expect(begun.status == 202 && !begun.location.isEmpty)
    }

    @Test("a blob is deleted from its repository alone", arguments: DistributionEngine.installed)
    func delete(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        for name in [Self.name, "other"] { try await wire.push("twelve bytes", to: name) }
        let path = "/v2/\(Self.name)/blobs/\(Self.digest)"
        #expect(try await wire.ask("DELETE", path).status == 202)
        #expect(try await wire.ask("GET", path).status == 404)
        #expect(try await wire.ask("DELETE", path).status == 404)
        #expect(try await wire.ask("GET", "/v2/other/blobs/\(Self.digest)").body == Self.text)
    }

    @Test("what is not there is not found, with the code of the specification", arguments: DistributionEngine.installed)
    func missing(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        try await wire.push("something else", to: Self.name)
        let blob = try await wire.ask("GET", "/v2/\(Self.name)/blobs/\(Self.digest)")
        #expect(blob.status == 404 && blob.code == "BLOB_UNKNOWN")
        let manifest = try await wire.ask("GET", "/v2/\(Self.name)/manifests/none")
        #expect(manifest.status == 404 && manifest.code == "MANIFEST_UNKNOWN")
        let upload = try await wire.ask("PATCH", "/v2/\(Self.name)/blobs/uploads/nobody-began-this", body: Self.text)
        #expect(upload.status == 404)
        let tags = try await wire.ask("GET", "/v2/nobody/pushed/tags/list")
        #expect(tags.status == 404 && tags.code == "NAME_UNKNOWN")
    }
}
