// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Testing

@Suite("Image references") struct ImageReferenceTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test(
        "are read as the distribution specification says",
        arguments: [
            ("ghcr.io/acme/app", "ghcr.io", "acme/app", nil, false),
            ("ghcr.io/acme/app:1.0.0", "ghcr.io", "acme/app", "1.0.0", false),
            ("ghcr.io/acme/app@\(digest)", "ghcr.io", "acme/app", nil, true),
            // With both the digest decides, and the tag is kept for people.
            ("ghcr.io/acme/app:1.0.0@\(digest)", "ghcr.io", "acme/app", "1.0.0", true),
            ("localhost/app:_x", "localhost", "app", "_x", false),
            ("localhost:5000/app:5000", "localhost:5000", "app", "5000", false),
            ("registry:5000/a", "registry:5000", "a", nil, false),
            ("http://10.0.0.1:80/a/b--c__d.e", "10.0.0.1:80", "a/b--c__d.e", nil, false),
            ("oci://ghcr.io/a", "ghcr.io", "a", nil, false), ("[::1]:5000/a", "[::1]:5000", "a", nil, false),
        ])
    func reads(text: String, host: String, repository: String, tag: String?, hasDigest: Bool) throws {
        let reference = try ImageReference(text)
        #expect(reference.host == host && reference.repository == repository && reference.tag == tag)
        #expect((reference.digest != nil) == hasDigest)
        #expect(try ImageReference(reference.description) == reference)
    }

    @Test(
        "what could mean two things is refused",
        arguments: [
            "", "/", "ubuntu", "library/ubuntu", "ghcr.io/", "ghcr.io//a", "ghcr.io/a/", "ghcr.io/../a",
            "ghcr.io/a/./b",
            "ghcr.io/A", "ghcr.io/a b", "ghcr.io/a:", "ghcr.io/a:b:c", "ghcr.io/a:.x", "ghcr.io/a:x/y", "ghcr.io/-a",
            "ghcr.io/a_", "ghcr.io/a..b", "ghcr.io/a___b", "ghcr.io/a@", "ghcr.io/a@sha256:12", "ghcr.io/a@md5:00",
            "ghcr.io/a@sha256:\(String(repeating: "AB", count: 32))", "ghcr.io/a\u{0}", "ghcr.io/ä",
            "ghcr.io/a:\(String(repeating: "x", count: 129))", "ghcr.io/\(String(repeating: "x", count: 256))",
            // The host that is shown must be the host that is asked.
            "user:secret@ghcr.io/a", "evil.org#.ghcr.io/a", "evil.org?.ghcr.io/a", "evil.org\\.ghcr.io/a",
            "ghcr.io:x/a", "ghcr.io:0/a", "ghcr.io:99999/a", "gh cr.io/a", "ghcr.io\u{1B}[2J/a", ":5000/a", "[::1/a",
            "ghcr.io:/a", "ftp://ghcr.io/a",
        ])
    func refuses(text: String) {
        #expect(throws: Fault.self) { try ImageReference(text) }
    }
}
