// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import TestInputs
import Testing

@testable import SPDY

@Suite("Frames of SPDY") struct SPDYFrameTests {
    /// All frames in the bytes.
    static func read(_ bytes: [UInt8], pieces: Int = .max, _ limits: SPDYLimits = SPDYLimits()) throws -> [SPDYFrame] {
        var (reader, frames) = (try SPDYFrameReader(limits), [SPDYFrame]())
        var rest = bytes[...]
        while !rest.isEmpty {
            reader.add(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
            while let frame = try reader.next() { frames.append(frame) }
        }
        guard reader.isBetweenFrames else { throw Fault(.invalid, "in the middle of a frame") }
        return frames
    }

    /// From the figures of sections 2.2.2 and 2.6 of the draft, written out.
    @Test(
        "frames are bytes as the draft shows them",
        arguments: [
            (SPDYFrame.data(stream: 1, [0x61, 0x62], isLast: true), "00000001 01000002 6162"),
            (.data(stream: 0x7FFF_FFFF, [], isLast: false), "7fffffff 00000000"),
            (.reset(stream: 3, .cancelled), "80030003 00000008 00000003 00000005"),
            (.settings([.init(id: 7, value: 65_536)]), "80030004 0000000c 00000001 00000007 00010000"),
            (.settings([]), "80030004 00000004 00000000"),
            (.ping(2), "80030006 00000004 00000002"),
            (.goAway(lastStream: 9, 1), "80030007 00000008 00000009 00000001"),
            (.window(stream: 0, delta: 65_536), "80030009 00000008 00000000 00010000"),
            (.other(kind: 11), "8003000b 00000000"),
        ] as [(SPDYFrame, String)])
    func vectors(_ frame: SPDYFrame, _ hex: String) throws {
        #expect(try SPDYFrameWriter().encoded(frame) == [UInt8](hex: hex))
        #expect(try Self.read([UInt8](hex: hex)) == [frame])
        if case .data = frame { return }
        #expect(try Self.read([UInt8](hex: hex), pieces: 3) == [frame])
    }

    /// Three frames in a row, whose headers another implementation of zlib's format has compressed.
    private static let recorded = """
        800300010000003c0000000100000000000078f9e3c6a7c202253a703a2b294a4dcc851625aca9a0808614cb45a024cc64610024398b2091
        98094adc8c0600000000ffff 800300010000001800000003000000000000c2aa15540a2512d209000000ffff
        800300020000000d0000000102120c00000000ffff
        """

    @Test("headers are compressed with the dictionary, and with what was before") func headers() throws {
        let frames: [SPDYFrame] = [
            .open(stream: 1, ["streamType": "error", "port": "80", "requestID": "0"], isLast: false, isOneWay: false),
            .open(stream: 3, ["streamType": "data", "port": "80", "requestID": "0"], isLast: false, isOneWay: false),
            .reply(stream: 1, [:], isLast: false),
        ]
        #expect(try Self.read([UInt8](hex: Self.recorded)) == frames)
        #expect(try Self.read([UInt8](hex: Self.recorded), pieces: 1) == frames)
        let writer = try SPDYFrameWriter()
        let written = try frames.map { try writer.encoded($0) }
        #expect(try Self.read(written.flatMap { $0 }) == frames)
        #expect(written[1].count < written[0].count)
        // The stream begins by naming the dictionary.
        #expect(Array(written[0][20..<24]) == [UInt8](hex: "e3c6a7c2"))
    }

    @Test(
        "what the protocol forbids is refused",
        arguments: [
            ("00000000 00000000", "a data frame of no stream"), ("00000001 02000000", "flags of a data frame"),
            ("80020006 00000004 00000001", "version 2"), ("80030003 00000004 00000001", "a short RST_STREAM"),
            ("80030003 00000008 00000000 00000001", "a reset of no stream"),
            ("80030003 00000008 00000001 00000000", "a reset without a reason"),
            ("80030006 01000004 00000001", "a PING with a flag"), ("80030006 00000005 0000000100", "a long PING"),
            ("80030007 00000004 00000001", "a short GOAWAY"),
            ("80030009 00000008 00000001 00000000", "a window that opens by nothing"),
            ("80030004 0000000c 00000002 00000007 00010000", "fewer settings than said"),
            ("80030004 00000004 20000000", "more settings than there can be"),
            ("80030001 00000009 000000010000000000", "a short SYN_STREAM"),
            ("80030001 0000000a 00000001000000000000", "a SYN_STREAM without headers"),
            ("80030002 00000008 00000001 78f9e3c6", "headers that are cut off"),
            ("80030001 00ffffff", "a frame of 16 MiB"), ("80030063 00ffffff", "an unknown frame of 16 MiB"),
        ])
    func refused(_ hex: String, _ what: String) throws {
        #expect(throws: Fault.self, "\(what)") { try Self.read([UInt8](hex: hex)) }
    }

    private static func open(_ block: [UInt8], dictionary: [UInt8] = SPDYDictionary.bytes) throws -> [UInt8] {
        let packed = try BlockCompressor(dictionary: dictionary).compressed(block)
        return SPDYFrame.word(0x8003_0001) + SPDYFrame.word(UInt32(10 + packed.count)) + SPDYFrame.word(1)
            + SPDYFrame.word(0) + [0, 0]
            + packed
    }

    @Test("headers that are malformed are refused") func malformed() throws {
        func block(_ texts: String..., count: UInt32? = nil, rest: [UInt8] = []) -> [UInt8] {
            SPDYFrame.word(count ?? UInt32(texts.count / 2))
                + texts.flatMap { SPDYFrame.word(UInt32($0.utf8.count)) + Array($0.utf8) } + rest
        }
        #expect(try Self.read(Self.open(block("a", "b\0c", "d", ""))).count == 1)
        for (bytes, what) in [
            (block("A", "b"), "capital letters"), (block("", "b"), "no name"),
            (block("a", "1", "a", "2"), "a name twice"),
            (block("a", "\u{1}"), "a control character"), (block("a", "b", count: 2), "fewer than said"),
            (block("a", "b", rest: [0]), "bytes behind the last"), (SPDYFrame.word(.max), "too many"),
            (SPDYFrame.word(1) + SPDYFrame.word(.max) + [0x61], "a name longer than all"), ([0, 0], "half a number"),
            (SPDYFrame.word(1) + SPDYFrame.word(1) + [0xFF] + SPDYFrame.word(0), "what is no UTF-8"), ([], "nothing"),
        ] as [([UInt8], String)] {
            #expect(throws: Fault.self, "\(what)") { try Self.read(Self.open(bytes)) }
        }
        #expect(throws: Fault.self, "another dictionary") {
            try Self.read(Self.open(block("a", "b"), dictionary: [1, 2, 3]))
        }
    }

    @Test("a small frame whose headers expand without end is refused before they do") func bomb() throws {
        let frame = try Self.open(SPDYFrame.word(1) + [UInt8](repeating: 0, count: 9_000_000))
        #expect(frame.count < 16 * 1024)
        #expect { try Self.read(frame) } throws: { ($0 as? Fault)?.code == .limitExceeded }
    }

    @Test("large data comes in pieces, of which the last is the end") func pieces() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let encoded = try SPDYFrameWriter().encoded(.data(stream: 5, bytes, isLast: true))
        var all: [UInt8] = []
        let frames = try Self.read(encoded, pieces: 9_999)
        for (index, frame) in frames.enumerated() {
            guard case .data(5, let piece, let isLast) = frame else { throw Fault(.invalid, "no data") }
            #expect(isLast == (index == frames.count - 1))
            all += piece
        }
        #expect(all == bytes && frames.count > 5)
    }

    @Test("damaged bytes are refused or read, whatever they are") func damaged() throws {
        let writer = try SPDYFrameWriter()
        let seed = try [
            SPDYFrame.open(stream: 1, ["port": "80"], isLast: false, isOneWay: false),
            .reply(stream: 1, [:], isLast: true),
            .data(stream: 1, [1, 2, 3], isLast: true), .settings([.init(id: 4, value: 9)]), .ping(1),
            .window(stream: 1, delta: 5),
        ].flatMap { try writer.encoded($0) }
        var mutator = ByteMutator(samples: [seed], seed: 7)
        for _ in 0..<5_000 { _ = try? Self.read(mutator.next(), pieces: 13) }
    }
}
