// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Sealing keys") struct SealingKeyTests {
    @Test("open what they sealed, and hide it", arguments: [0, 1, 15, 16, 17, 100, 4096, 1_000_000])
    func roundTrip(size: Int) throws {
        let key = SealingKey.generate(), plain = [UInt8](repeating: 0x41, count: size)
        let sealed = try key.seal(plain, for: [1, 2])
        #expect(sealed.count == size + SealingKey.overhead)
        #expect(key.open(sealed, for: [1, 2]) == plain)
        #expect(try key.seal(plain, for: [1, 2]) != sealed)
        if size >= 16 { #expect(!sealed.dropFirst(12).starts(with: plain.prefix(16))) }
    }

    @Test("are the ones of NIST's example for AES-256 in this mode") func vector() throws {
        // Test case 16 of the mode's submission to NIST (McGrew and Viega).
        let key = try SealingKey(
            [UInt8](hex: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308") ?? [])
        let nonce = "cafebabefacedbaddecaf888"
        let cipher =
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        let tag = "76fc6ece0f4e1768cddf8853bb2d551b"
        let context = [UInt8](hex: "feedfacedeadbeeffeedfacedeadbeefabaddad2") ?? []
        let plain =
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        #expect(key.open([UInt8](hex: nonce + cipher + tag) ?? [], for: context)?.hex == plain)
    }

    @Test("open nothing that was changed in any byte, cut or lengthened, or is for another context") func tampering()
        throws
    {
        let key = SealingKey.generate()
        let sealed = try key.seal(Array("secret".utf8), for: [7])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(key.open(changed, for: [7]) == nil)
            #expect(key.open(Array(sealed.prefix(index)), for: [7]) == nil)
        }
        #expect(key.open(sealed + [0], for: [7]) == nil)
        for context: [UInt8] in [[], [8], [7, 7]] { #expect(key.open(sealed, for: context) == nil) }
        #expect(SealingKey.generate().open(sealed, for: [7]) == nil)
    }

    @Test("do not show themselves") func description() throws {
        let key = SealingKey.generate()
        var shown = ""
        dump(key, to: &shown)
        #expect(!"\(key) \(shown)".contains(key.bytes.hex) && !shown.contains("\(key.bytes[0]), \(key.bytes[1])"))
        #expect(throws: Fault.self) { try SealingKey([1, 2, 3]) }
        #expect(try SealingKey(key.bytes).id == key.id)
    }
}
