// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Digest") struct DigestTests {
    /// FIPS 180-4 examples.
    static let published: [(text: String, digest: String)] = [
        ("", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "",
            "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        ),
        (
            "abc",
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ]

    @Test("is the published value, whatever the pieces", arguments: published, [1, 7, 4096])
    func known(_ vector: (text: String, digest: String), size: Int) throws {
        let expected = try Digest(vector.digest)
        let bytes = Array(vector.text.utf8)
        #expect(Digest(of: bytes, algorithm: expected.algorithm) == expected)
        #expect(Digest(of: bytes[...], algorithm: expected.algorithm) == expected)
        var hasher = DigestHasher(expected.algorithm)
        for start in stride(from: 0, to: bytes.count, by: size) {
            hasher.update(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(hasher.finalize() == expected)
        #expect(expected.description == vector.digest)
        #expect(expected.bytes.hex == expected.hex)
    }

    @Test(
        "is refused when malformed",
        arguments: [
            "", "sha256", "sha256:", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e",
            "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g",
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ",
            " sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ])
    func malformed(_ text: String) {
        let fault = #expect(throws: Fault.self) { try Digest(text) }
        #expect(fault?.code == .invalid)
        #expect(fault?.fix != nil)
    }

    @Test(
        "algorithms have the names of the component model, old ones too",
        arguments: [
            ("SHA-256", Digest.Algorithm.sha256), ("sha256", .sha256), ("SHA-512", .sha512), ("sha512", .sha512),
            ("SHA-1", nil),
            ("sha-256", nil),
        ])
    func names(_ name: String, _ algorithm: Digest.Algorithm?) { #expect(Digest.Algorithm(ocmName: name) == algorithm) }

    @Test("random bytes come in the number asked for and differ", arguments: [0, 1, 32, 3 << 20])
    func random(_ count: Int) {
        let bytes = SecureRandom.bytes(count)
        #expect(bytes.count == count)
        #expect(count < 32 || bytes != SecureRandom.bytes(count))
        #expect(count < 32 || bytes.suffix(32).contains { $0 != 0 })
    }
}

@Suite("Verified stream") struct VerifiedStreamTests {
    static let bytes = Array("one two three four".utf8)

    static func stream(_ bytes: [UInt8], pieces: Int) -> ByteStream {
        let rest = Guarded(bytes[...])
        return ByteStream {
            rest.withLock { rest in
                guard !rest.isEmpty else { return nil }
                defer { rest = rest.dropFirst(pieces) }
                return rest.prefix(pieces)
            }
        }
    }

    @Test("passes on what has the digest", arguments: [1, 5, 100], [Int64(18), nil])
    func good(pieces: Int, size: Int64?) async throws {
        let stream = Self.stream(Self.bytes, pieces: pieces).verified(
            digest: Digest(of: Self.bytes), size: size, of: "it")
        #expect(try await stream.collect(limit: 100) == Self.bytes)
        #expect(try await stream.next() == nil)
    }

    @Test("passes on empty content")
    func empty() async throws {
        let stream = ByteStream([]).verified(digest: Digest(of: [UInt8]()), size: 0, of: "it")
        #expect(try await stream.next() == nil)
    }

    @Test(
        "keeps the last piece of other content, and never ends", arguments: [1, 5, 100],
        [
            ("another digest", "one two three four!", nil), ("too short", "one two three", 18),
            ("too long", "one two three four and", 18),
            ("empty", "", 18), ("empty, of unknown size", "", nil),
        ] as [(String, String, Int64?)])
    func bad(pieces: Int, content: (what: String, text: String, size: Int64?)) async throws {
        let given = Array(content.text.utf8)
        let stream = Self.stream(given, pieces: pieces)
            .verified(digest: Digest(of: Self.bytes), size: content.size, of: "layer 3 of “app”")
        var got: [UInt8] = []
        var fault: Fault?
        do {
            while let chunk = try await stream.next() { got += chunk }
        } catch { fault = error as? Fault }
        #expect(fault?.code == .mismatch)
        #expect(fault?.message.contains("layer 3 of “app”") == true)
        #expect(fault?.message.contains(Digest(of: Self.bytes).hex) == true)
        #expect(got.count < max(given.count, 1))
        await #expect(throws: Fault.self) { try await stream.next() }
    }
}
