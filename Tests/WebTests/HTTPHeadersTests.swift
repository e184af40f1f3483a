// SPDX-License-Identifier: Apache-2.0

import Testing
import Web

@Suite("HTTP headers") struct HTTPHeadersTests {
    @Test("compares names without case and keeps order and repetition")
    func fields() {
        var headers: HTTPHeaders = ["Link": "a", "X": "1", "LINK": "b"]
        #expect(headers["link"] == "a" && headers.values(for: "lInK") == ["a", "b"] && headers.count == 3)
        #expect(headers["Lin"] == nil && headers.values(for: "ſ").isEmpty)
        headers["LINK"] = "c"
        #expect(headers.values(for: "Link") == ["c"] && headers.map(\.name) == ["X", "LINK"])
        headers["X"] = nil
        headers["link"] = nil
        #expect(headers.isEmpty)
    }

    @Test("no value can make another field", arguments: ["a\r\nX: y", "a\nX: y", "a\rX: y", "a\u{0}X: y"])
    func injection(_ value: String) {
        let headers: HTTPHeaders = ["A": value]
        #expect(headers["A"] == "aX: y" && headers.count == 1)
    }

    @Test("hides secrets where it is printed")
    func redaction() {
        let headers: HTTPHeaders = [
            "authorization": "Basic geheim", "Cookie": "geheim", "SET-COOKIE": "geheim",
            "Proxy-Authorization": "geheim", "X-Token": "a-token",
            "Accept": "shown",
        ]
        let lines = headers.redacted(hiding: ["x-token"])
        #expect(
            lines.count == 6 && !lines.joined().contains("geheim") && !lines.joined().contains("a-token")
                && lines.contains("Accept: shown"))
        var dumped = ""
        dump(headers, to: &dumped)
        #expect(!"\(headers)".contains("geheim") && !dumped.contains("geheim") && dumped.contains("Accept: shown"))
    }

    @Test(
        "knows words of the protocol",
        arguments: [
            ("GET", true), ("X-Token", true), ("x!#$%&'*+-.^_`|~1", true), ("", false), ("a b", false), ("a:", false),
            ("a\r\n", false),
            ("ä", false), ("(a)", false),
        ])
    func tokens(_ text: String, _ isValid: Bool) { #expect(HTTPToken.isValid(text) == isValid) }

    @Test("knows what may be done twice")
    func methods() {
        for method in [HTTPMethod.get, .head, .put, .delete, .options] { #expect(method.isIdempotent) }
        #expect(!HTTPMethod.post.isIdempotent && !HTTPMethod.patch.isIdempotent && !HTTPMethod("get").isIdempotent)
        #expect(HTTPMethod.get.isSafe && !HTTPMethod.put.isSafe && !HTTPMethod.delete.isSafe)
    }

    @Test("knows an empty body")
    func bodies() {
        #expect(
            HTTPRequestBody.none.isEmpty && HTTPRequestBody.bytes([]).isEmpty && !HTTPRequestBody.bytes([1]).isEmpty)
    }
}
