// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing
import Web

@testable import PackageRepositories

/// The examples of “Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk” in the
/// reference of Amazon S3's API, with the key and the time that all of them use.
@Suite("Requests to S3 are signed as its reference shows") struct S3SignatureTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let method: String, path: String
        var query: [(String, String)] = []
        var headers: [(String, String)] = []
        var body = ""
        let names: String, signature: String
        var testDescription: String { "\(method) \(path)" }
    }

    static let examples = [
        Example(
            method: "GET", path: "/test.txt", headers: [("Range", "bytes=0-9")],
            names: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            method: "PUT", path: "/test%24file.text",
            headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            body: "Welcome to Amazon S3.", names: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            method: "GET", path: "/", query: [("lifecycle", "")], names: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            method: "GET", path: "/", query: [("max-keys", "2"), ("prefix", "J")],
            names: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test("the signature is the published one", arguments: examples) func published(example: Example) throws {
        let url = try HTTPURL("https://examplebucket.s3.amazonaws.com\(example.path)").appendingQuery(example.query)
        var request = HTTPRequest(
            method: HTTPMethod(example.method), url: url, headers: HTTPHeaders(example.headers),
            body: .bytes(Array(example.body.utf8)))
        let signature = S3Signature(
            keyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", sessionToken: nil,
            region: "us-east-1")
        let time = try #require(Timestamp("2013-05-24T00:00:00Z"))
        signature.sign(&request, query: example.query, payload: Digest(of: Array(example.body.utf8)), time: time)
        let scope = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
        #expect(
            request.headers["Authorization"]
                == "AWS4-HMAC-SHA256 Credential=\(scope),SignedHeaders=\(example.names),Signature=\(example.signature)")
    }

    @Test("the token of a session is signed and does not leave its origin") func session() throws {
        var request = HTTPRequest(method: .get, url: try HTTPURL("https://b.s3.amazonaws.com/k"))
        let signature = S3Signature(keyID: "K", secret: "s", sessionToken: "token", region: "eu-central-1")
        signature.sign(&request, query: [], payload: Digest(of: []), time: Timestamp(seconds: 0))
        #expect(request.headers["Authorization"]?.contains(";x-amz-security-token,") == true)
        #expect(request.sensitiveHeaders.contains("x-amz-security-token"))
    }

    /// RFC 4231, and a key longer than a block.
    @Test(
        "HMAC-SHA256 is that of RFC 4231",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] as [([UInt8], String, String)])
    func authentication(key: [UInt8], message: String, code: String) {
        #expect(HMAC.sha256(Array(message.utf8), key: key).hex == code)
    }

    @Test("MD5 and SHA-1 are those of their standards") func legacyChecksums() throws {
        for (algorithm, value) in [
            (LegacyChecksumHasher.Algorithm.md5, "900150983cd24fb0d6963f7d28e17f72"),
            (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ] {
            guard var hasher = LegacyChecksumHasher(algorithm) else { continue }
            hasher.update(Array("a".utf8)[...])
            hasher.update(Array("bc".utf8)[...])
            #expect(hasher.finalize() == value)
        }
    }
}
