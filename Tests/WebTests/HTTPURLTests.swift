// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web

@Suite("HTTP URL") struct HTTPURLTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String, scheme: String, host: String, port: Int?, path: String, query: String?, written: String
        var testDescription: String { text }
    }
    static let cases: [Case] = [
        Case(
            text: "https://ghcr.io", scheme: "https", host: "ghcr.io", port: nil, path: "/", query: nil,
            written: "https://ghcr.io/"),
        Case(
            text: "HTTPS://GHCR.io:443/V2/", scheme: "https", host: "ghcr.io", port: nil, path: "/V2/", query: nil,
            written: "https://ghcr.io/V2/"),
        Case(
            text: "http://localhost:5000/v2/?n=1&last=", scheme: "http", host: "localhost", port: 5000, path: "/v2/",
            query: "n=1&last=", written: "http://localhost:5000/v2/?n=1&last="),
        Case(
            text: "http://h:443/", scheme: "http", host: "h", port: 443, path: "/", query: nil, written: "http://h:443/"
        ),
        Case(text: "http://h:/x", scheme: "http", host: "h", port: nil, path: "/x", query: nil, written: "http://h/x"),
        Case(
            text: "https://[::1]:5000/x", scheme: "https", host: "::1", port: 5000, path: "/x", query: nil,
            written: "https://[::1]:5000/x"),
        Case(
            text: "http://[2001:DB8::ffff:1.2.3.4]", scheme: "http", host: "2001:db8::ffff:1.2.3.4", port: nil,
            path: "/", query: nil, written: "http://[2001:db8::ffff:1.2.3.4]/"),
        Case(
            text: "https://bücher.example/ä?ö=ü", scheme: "https", host: "bücher.example", port: nil, path: "/%C3%A4",
            query: "%C3%B6=%C3%BC", written: "https://bücher.example/%C3%A4?%C3%B6=%C3%BC"),
        Case(
            text: "https://xn--bcher-kva.example/", scheme: "https", host: "xn--bcher-kva.example", port: nil,
            path: "/", query: nil, written: "https://xn--bcher-kva.example/"),
        Case(text: "http://h?q", scheme: "http", host: "h", port: nil, path: "/", query: "q", written: "http://h/?q"),
        Case(text: "http://h/?", scheme: "http", host: "h", port: nil, path: "/", query: "", written: "http://h/?"),
        Case(
            text: "http://h/a%2Fb//c#frag?no", scheme: "http", host: "h", port: nil, path: "/a%2Fb//c", query: nil,
            written: "http://h/a%2Fb//c"),
        Case(
            text: "http://h/p?u=http://x/@y", scheme: "http", host: "h", port: nil, path: "/p", query: "u=http://x/@y",
            written: "http://h/p?u=http://x/@y"),
        Case(
            text: "http://a_b-c.d:65535/", scheme: "http", host: "a_b-c.d", port: 65_535, path: "/", query: nil,
            written: "http://a_b-c.d:65535/"),
    ]

    @Test("parses and writes", arguments: cases)
    func parses(_ test: Case) throws {
        let url = try HTTPURL(test.text)
        #expect(url.scheme == test.scheme && url.host == test.host && url.port == test.port)
        #expect(url.path == test.path && url.query == test.query && url.description == test.written)
        #expect(try HTTPURL(url.description) == url)
        #expect(url.origin.port == test.port ?? (test.scheme == "https" ? 443 : 80))
    }

    static let refused = [
        "", "ghcr.io", "/v2/", "ftp://h/", "file:///etc/passwd", "http://", "http:///x", "https://:80/",
        "http://user@h/",
        "http://user:geheim@h/", "http://h:0/", "http://h:65536/", "http://h:8a/", "http://h:-1/", "http://h:80:90/",
        "http://a b/", "http://h/a b", "http://h/\r\nX: y", "http://h/\u{0}", "http://h\\@x/", "http://[::1",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/", "http://[]/", "http://::1/", "http://h%2e/", "http://h,i/",
        "http://h/\t",
    ]

    @Test("refuses", arguments: refused)
    func refuses(_ text: String) {
        #expect { try HTTPURL(text) } throws: {
            let fault = $0 as? Fault
            return fault?.code == .invalid && fault?.fix != nil && fault?.description.contains("geheim") == false
        }
    }

    @Test(
        "says nothing secret about what it refuses",
        arguments: [
            "user:geheim@h", "ftp://user:geheim@h/x", "x?token=geheim", "ftp://h/?geheim", "http://h/a b?geheim",
            "ftp://h/#geheim",
        ])
    func refusalsAreRedacted(_ text: String) {
        #expect { try HTTPURL(text) } throws: { ($0 as? Fault)?.description.contains("geheim") == false }
    }

    @Test("shows no query where it is printed")
    func redaction() throws {
        let url = try HTTPURL("https://h/path?token=geheim")
        #expect(url.redacted == "https://h/path")
        #expect(!String(reflecting: Mirror(reflecting: url).children.map(\.value)).contains("geheim"))
        let request = HTTPRequest(method: .get, url: url, headers: ["Authorization": "geheim"])
        var dumped = ""
        dump(request, to: &dumped)
        #expect("\(request)" == "GET https://h/path" && !dumped.contains("geheim"))
    }

    /// RFC 3986 section 5.4 with HTTP in place of the example's scheme; then what servers send.
    static let references: [(String, String)] = [
        ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
        ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"), ("g?y#s", "http://a/b/c/g?y"), (";x", "http://a/b/c/;x"),
        ("g;x", "http://a/b/c/g;x"),
        ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
        ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"),
        ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("https://other:8443/x?y=http://z", "https://other:8443/x?y=http://z"), ("//other:81/x", "http://other:81/x"),
        ("/v2/x/blobs/uploads/1?_state=a%3D", "http://a/v2/x/blobs/uploads/1?_state=a%3D"), ("HTTP://B/", "http://b/"),
        ("/a//b", "http://a/a//b"), ("x?u=a:b", "http://a/b/c/x?u=a:b"), ("./a:b", "http://a/b/c/a:b"),
    ]

    @Test("resolves references", arguments: references)
    func resolves(_ reference: String, _ expected: String) throws {
        #expect(try HTTPURL("http://a/b/c/d;p?q").resolving(reference).description == expected)
    }

    @Test("keeps the port of the base")
    func resolvesWithPort() throws {
        #expect(try HTTPURL("https://[::1]:5000/v2/a").resolving("/x").description == "https://[::1]:5000/x")
    }

    @Test(
        "refuses references to elsewhere",
        arguments: [
            "ftp://h/", "mailto:a@b", "javascript:x", "http://u:p@h/", "//u@h/", "/a b", "http:g", "a:b", "data:,x",
        ])
    func refusesReferences(_ reference: String) throws {
        let base = try HTTPURL("http://a/b")
        #expect { try base.resolving(reference) } throws: { ($0 as? Fault)?.code == .invalid }
    }

    @Test("adds to a query")
    func query() throws {
        let items = [("digest", "sha256:ab"), ("a b", "ü&=+")]
        #expect(try HTTPURL("http://h/p").appendingQuery(items).query == "digest=sha256%3Aab&a%20b=%C3%BC%26%3D%2B")
        #expect(try HTTPURL("http://h/p?_state=x%3D").appendingQuery([("d", "1")]).query == "_state=x%3D&d=1")
        #expect(try HTTPURL("http://h/p").appendingQuery([]).query == nil)
    }
}

@Suite("Origin of a URL") struct URLOriginTests {
    @Test(
        "is the same for the same server only",
        arguments: [
            ("http://h/", "http://H:80/x?y", true), ("https://h/", "https://h:443/", true),
            ("http://h/", "https://h/", false),
            ("http://h/", "http://h:81/", false), ("http://localhost/", "http://127.0.0.1/", false),
            ("http://h/", "http://h./", false),
        ])
    func same(_ a: String, _ b: String, _ isSame: Bool) throws {
        #expect((try HTTPURL(a).origin == HTTPURL(b).origin) == isSame)
    }

    @Test(
        "knows this machine",
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("a.localhost", true), ("127.0.0.1", true), ("127.9.9.9", true),
            ("::1", true),
            ("127.0.0.1.example", false), ("128.0.0.1", false), ("localhost.example", false), ("notlocalhost", false),
            ("127.0.0.256", false),
            ("::2", false),
        ])
    func loopback(_ host: String, _ isLoopback: Bool) {
        #expect(Origin(scheme: "http", host: host, port: 80).isLoopback == isLoopback)
    }

    @Test("is written with its port")
    func written() {
        #expect(Origin(scheme: "http", host: "::1", port: 80).description == "http://[::1]:80")
        #expect(Origin(scheme: "https", host: "GHCR.io", port: 443).hostAndPort == "ghcr.io:443")
    }
}
