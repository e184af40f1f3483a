// SPDX-License-Identifier: Apache-2.0

import TestInputs
import Testing
import Web

@Suite("URLReference") struct URLReferenceTests {
    @Test(
        "takes URLs apart as Go does",
        arguments: [
            // text, scheme, host, hostname, port, escaped path
            ("https://example.com:80/path?k=v#f", "https", "example.com:80", "example.com", "80", "/path"),
            ("HTTPS://Example.com", "https", "Example.com", "Example.com", "", ""),
            ("http://[::1]:8080/a", "http", "[::1]:8080", "::1", "8080", "/a"),
            ("http://[fe80::1%25en0]/", "http", "[fe80::1%en0]", "fe80::1%en0", "", "/"),
            ("https://user:pass@example.com/", "https", "example.com", "example.com", "", "/"),
            ("https://example.com:/x", "https", "example.com:", "example.com", "", "/x"),
            ("/absolute/path?x=1", "", "", "", "", "/absolute/path"), ("//host/path", "", "host", "host", "", "/path"),
            ("///path", "", "", "", "", "///path"), ("file:///etc/hosts", "file", "", "", "", "/etc/hosts"),
            ("mailto:a@example.org", "mailto", "", "", "", ""), ("oci:/layout", "oci", "", "", "", "/layout"),
            ("https://example.com/a b", "https", "example.com", "example.com", "", "/a%20b"),
            ("https://example.com/a%2fb", "https", "example.com", "example.com", "", "/a%2fb"),
            ("https://example.com/[x]!", "https", "example.com", "example.com", "", "/[x]!"),
            ("https://example.com/ü", "https", "example.com", "example.com", "", "/%C3%BC"),
            ("https://ex%C3%BC.com/", "https", "exü.com", "exü.com", "", "/"), ("*", "", "", "", "", "*"),
        ])
    func parts(_ row: (text: String, scheme: String, host: String, hostname: String, port: String, path: String)) throws
    {
        let url = try #require(URLReference(row.text))
        #expect(url.scheme == row.scheme)
        #expect(url.host == row.host)
        #expect(url.hostname == row.hostname)
        #expect(url.port == row.port)
        #expect(url.escapedPath == row.path)
        #expect(URLReference.isRequestURI(row.text))
    }

    @Test(
        "refuses what is no absolute URI and no absolute path",
        arguments: [
            "", "path", "../path", "?q", "#f", "example.com/path", ":foo", "http://exa mple.com/", "http://a/%zz",
            "http://a/%2",
            "http://a/b\n", "http://a/\u{7F}", "http://a:port/", "http://a:1:2/", "http://::1/", "http://[::1",
            "http://[a]/",
            "http://[1.2.3.4]/", "http://x[::1]/", "http://[::1]x/", "http://a%41/", "http://[fe80::1%25]/",
            "http://a#b",
            "http://u@ser@a b/", "http://us er@a/", "http://a/#%zz", "1http://a/", "http://a\\b/",
        ])
    func refuses(text: String) { #expect(URLReference(text) == nil) }

    @Test("a request's target knows no fragment") func requestTarget() {
        #expect(URLReference.isRequestURI("http://a/?b#%zz"))
        #expect(URLReference("http://a/?b#%zz") == nil)
        #expect(URLReference("http://a/?b#c")?.rawQuery == "b")
        #expect(!URLReference.isRequestURI("relative"))
    }

    @Test("decodes queries in order, and leaves broken items out") func query() throws {
        let url = try #require(URLReference("http://a/?b=1&a=x+y&b=%C3%BC&c&=d&e=%zz&f;g=1&&h=i=j&%62=2"))
        let query = url.query
        #expect(query.map(\.name) == ["b", "a", "c", "", "h"])
        #expect(query.map(\.values) == [["1", "ü", "2"], ["x y"], [""], ["d"], ["i=j"]])
        #expect(try #require(URLReference("http://a/?\u{E9}=1&e\u{301}=2")).query.count == 2)
    }

    @Test(
        "writes URLs as Go does",
        arguments: [
            ("HTTP://a/b?c#d", "http://a/b?c#d"), ("http://a?", "http://a?"), ("http://a/b c", "http://a/b%20c"),
            ("http://u:p%40@a/", "http://u:p%40@a/"), ("mailto:x", "mailto:x"), ("oci:/x", "oci:/x"),
            ("file:///x", "file:///x"), ("/x#y z", "/x#y%20z"), ("http://ü/", "http://%C3%BC/"),
            ("//host/x", "//host/x"),
        ])
    func writes(text: String, written: String) { #expect(URLReference(text)?.description == written) }

    @Test("equality is that of the written text") func equality() {
        #expect(URLReference("HTTP://a/b") == URLReference("http://a/b"))
        #expect(URLReference("http://a/b") != URLReference("http://a/b/"))
    }

    @Test("damaged URLs are refused or read as what they print") func damaged() {
        var mutator = ByteMutator(
            samples: ["https://u:p@example.com:80/a%20b?k=v&k=%C3%BC#f", "http://[fe80::1%25en0]:1/", "/a?b", "m:x"].map
            {
                Array($0.utf8)
            }, tokens: ["://", "%2F", "@", "[", "]", ":", "#", "?", "%25"], seed: 5)
        for _ in 0..<20_000 {
            guard let url = URLReference(String(decoding: mutator.next(), as: UTF8.self)) else { continue }
            _ = (url.hostname, url.port, url.query)
        }
    }
}
