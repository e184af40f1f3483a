// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Encoders")
struct EncodersTests {
    @Test(
        "base64 is written with padding and read with and without",
        arguments: [
            ("base64.encode(b'hello')", #""aGVsbG8=""#), ("base64.encode(b'')", #""""#),
            ("string(base64.decode('aGVsbG8='))", #""hello""#), ("string(base64.decode('aGVsbG8'))", #""hello""#),
            ("base64.decode('')", #"b"""#), (#"base64.decode(base64.encode(b'\x00\xff'))"#, #"b"\x00\xff""#),
            (#"string(base64.decode('aGVs\nbG8='))"#, #""hello""#), (#"base64.decode('YQ==')"#, #"b"a""#),
            ("base64.decode('YQ=')", "error: illegal base64 data: YQ="),
            ("base64.decode('YQ==YQ==')", "error: illegal base64 data: YQ==YQ=="),
            ("base64.decode('a')", "error: illegal base64 data: a"),
            ("base64.decode('aGVs bG8=')", "error: illegal base64 data: aGVs bG8="),
            ("base64.decode('____')", "error: illegal base64 data: ____"),
        ])
    func coding(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.encoders]) == expected)
    }
}
