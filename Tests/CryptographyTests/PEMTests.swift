// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("PEM") struct PEMTests {
    @Test("round trips with headers, in lines of 64 characters", arguments: [1, 47, 48, 49, 1000])
    func roundTrip(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let text = PEM.encode(
            label: "SIGNATURE", headers: [("Signature Algorithm", "RSASSA-PSS"), ("X", "a: b")], bytes: bytes)
        let blocks = try PEM.blocks(in: Array(text.utf8), source: "it")
        #expect(blocks.count == 1)
        #expect(blocks.first?.label == "SIGNATURE")
        #expect(blocks.first?.bytes == bytes)
        #expect(blocks.first?.header("Signature Algorithm") == "RSASSA-PSS")
        #expect(blocks.first?.header("X") == "a: b")
        #expect(text.split(separator: "\n").dropFirst(3).dropLast(2).allSatisfy { $0.utf8.count == 64 })
    }

    @Test("is read with text around blocks, CRLF and blanks at line ends")
    func lenient() throws {
        let text =
            "subject: x\r\n-----BEGIN A-----  \r\nAQID\t\r\n-----END A-----\r\nmore - text\n-----BEGIN B C-----\n\nBAU=\n-----END B C-----"
        let blocks = try PEM.blocks(in: Array(text.utf8), source: "it")
        #expect(blocks.map(\.label) == ["A", "B C"])
        #expect(blocks.map(\.bytes) == [[1, 2, 3], [4, 5]])
        #expect(try PEM.blocks(in: Array("no block".utf8), source: "it").isEmpty)
    }

    static let refused: [(what: String, text: String)] = [
        ("no end", "-----BEGIN A-----\nAQID\n"), ("another end", "-----BEGIN A-----\nAQID\n-----END B-----\n"),
        ("end without begin", "-----END A-----\n"),
        ("begin inside", "-----BEGIN A-----\nAQID\n-----BEGIN A-----\nAQID\n-----END A-----"),
        ("no data", "-----BEGIN A-----\n-----END A-----\n"),
        ("padding alone", "-----BEGIN A-----\n====\n-----END A-----\n"),
        ("no padding", "-----BEGIN A-----\nAQ\n-----END A-----\n"),
        ("padding inside", "-----BEGIN A-----\nAQ==AQID\n-----END A-----\n"),
        ("URL alphabet", "-----BEGIN A-----\nA-_D\n-----END A-----\n"),
        ("blank inside", "-----BEGIN A-----\nAQ ID\n-----END A-----\n"),
        ("loose bits", "-----BEGIN A-----\nAR==\n-----END A-----\n"),
        ("garbage", "-----BEGIN A-----\n!!!!\n-----END A-----\n"),
        ("no empty line behind headers", "-----BEGIN A-----\nX: y\nAQID\n-----END A-----\n"),
        ("header twice", "-----BEGIN A-----\nX: y\nX: z\n\nAQID\n-----END A-----\n"),
        ("second set of headers", "-----BEGIN A-----\nX: y\n\nZ: y\n\nAQID\n-----END A-----\n"),
        ("header behind data", "-----BEGIN A-----\nAQID\nX: y\n-----END A-----\n"),
        ("header without a name", "-----BEGIN A-----\n: y\n\nAQID\n-----END A-----\n"),
        ("empty label", "-----BEGIN -----\nAQID\n-----END -----\n"),
        ("short dashes", "-----BEGIN A----\nAQID\n-----END A-----\n"),
        ("label that is no text", "-----BEGIN \u{1}-----\nAQID\n-----END \u{1}-----\n"),
    ]

    @Test("is refused when it is not strict", arguments: refused)
    func refuses(_ vector: (what: String, text: String)) {
        let fault = #expect(throws: Fault.self, "\(vector.what)") {
            try PEM.blocks(in: Array(vector.text.utf8), source: "key.pem")
        }
        #expect(fault?.code == .invalid)
        #expect(fault?.message.hasPrefix("key.pem ") == true)
        #expect(fault?.fix != nil)
    }

    @Test(
        "has limits",
        arguments: [
            [UInt8](repeating: 0x20, count: PEM.sizeLimit + 1),
            Array(String(repeating: "-----BEGIN A-----\nAQID\n-----END A-----\n", count: PEM.blockLimit + 1).utf8),
            Array(
                ("-----BEGIN A-----\n" + (0...PEM.headerLimit).map { "X\($0): y\n" }.joined()
                    + "\nAQID\n-----END A-----").utf8),
        ])
    func limits(_ text: [UInt8]) {
        let fault = #expect(throws: Fault.self) { try PEM.blocks(in: text, source: "it") }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("of any bytes ends with blocks or a fault", arguments: 0..<40)
    func total(seed: Int) {
        // A small linear generator, so that a failure can be repeated.
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1
        let parts = ["-----BEGIN A-----", "-----END A-----", "\n", "AQID", "X: y", "=", "\r", "\u{0}", "-----", "é"].map
        { Array($0.utf8) }
        var text: [UInt8] = []
        for _ in 0..<60 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += parts[Int(state >> 33) % parts.count]
        }
        _ = try? PEM.blocks(in: text, source: "it")
        _ = try? PublicKey(pem: text, source: "it")
        _ = try? Certificate(der: text, source: "it")
    }
}
