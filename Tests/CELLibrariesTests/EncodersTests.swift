// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Encoders")
struct EncodersTests {
    @Test("base64 is decoded with and without padding", arguments: ["aGVsbG8=", "aGVsbG8"])
    func decoding(text: String) throws {
        let function = try #require(Library.encoders.functions.first { $0.name == "base64.decode" })
        var budget = Budget()
        let value = try function.overloads[0].implementation([.string(text)], &budget)
        #expect(try value.equals(.bytes(Array("hello".utf8)), &budget))
    }
}
