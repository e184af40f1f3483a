// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web

@testable import WebClient

@Suite("Frames of WebSockets") struct WebSocketFrameTests {
    @Test("the examples of RFC 6455 are read and written") func examples() throws {
        let hello = WebSocketFrame(isLast: true, kind: .text, payload: Array("Hello".utf8))
        #expect(hello.encoded(mask: 0x3D21_FA37) == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        var reader = WebSocketReader(limit: 1 << 20)
        reader.add([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F])
        #expect(try reader.next() == hello)
        #expect(try reader.next() == WebSocketFrame(isLast: false, kind: .text, payload: Array("Hel".utf8)))
        #expect(try reader.next() == WebSocketFrame(isLast: true, kind: .continuation, payload: Array("lo".utf8)))
        #expect(try reader.next() == nil)
        #expect(WebSocketHandshake.accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(
        "SHA-1 is that of FIPS 180-4",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
        ])
    func sha1(_ text: String, _ hex: String) { #expect(WebSocketHandshake.sha1(Array(text.utf8)).hex == hex) }

    @Test(
        "frames of all lengths, cut anywhere, are what they were", arguments: [0, 1, 125, 126, 65_535, 65_536, 200_000])
    func lengths(_ count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var server: [UInt8] = [0x82]
        switch count {
        case ..<126: server.append(UInt8(count))
        case ..<65_536: server += [126, UInt8(count >> 8), UInt8(count & 255)]
        default: server += [127] + (0..<8).reversed().map { UInt8(count >> (8 * $0) & 255) }
        }
        let header = server.count
        server += payload
        for cut in [0, 1, header - 1, header, server.count - 1] where cut < server.count {
            var reader = WebSocketReader(limit: 1 << 20)
            reader.add(server[..<cut])
            if cut < server.count { #expect(try reader.next() == nil) }
            reader.add(server[cut...])
            #expect(try reader.next() == WebSocketFrame(isLast: true, kind: .binary, payload: payload))
        }
        // Ours is the same but for the mask.
        let ours = WebSocketFrame(isLast: true, kind: .binary, payload: payload).encoded(mask: 0)
        #expect(ours.count == server.count + 4 && ours[1] == server[1] | 0x80 && Array(ours.suffix(count)) == payload)
    }
}
