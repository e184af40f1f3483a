// SPDX-License-Identifier: Apache-2.0

import AccessControl
import OCI
import Testing

@Suite("Patterns of repositories") struct RepositoryPatternTests {
    static let matches: [(pattern: String, name: String, fits: Bool)] = [
        ("team-a/app", "team-a/app", true), ("team-a/app", "team-a/app2", false), ("team-a/app", "xteam-a/app", false),
        ("team-a/**", "team-a/app", true), ("team-a/**", "team-a/x/y/z", true), ("team-a/**", "team-a", false),
        ("team-a/**", "team-ab/app", false), ("team-a/*", "team-a/app", true), ("team-a/*", "team-a/x/y", false),
        ("team-*/app", "team-a/app", true), ("team-*/app", "team-/app", true), ("team-*/app", "team-a/b/app", false),
        ("**", "a", true), ("**", "a/b/c", true), ("*", "a", true), ("*", "a/b", false), ("**/app", "a/b/app", true),
        ("**/app", "app", false), ("a*b*c", "a1b2c", true), ("a*b*c", "abc", true), ("a*b*c", "a/bc", false),
        ("a**c", "a/b/c", true), ("*/*", "a/b", true), ("*/*", "a/b/c", false),
        ("*a*a*a*a*a*a*b", "aaaaaaaaaaaaaa", false),
    ]

    @Test("a name fits as the pattern says", arguments: matches.indices)
    func fits(_ index: Int) throws {
        let (text, name, fits) = Self.matches[index]
        let pattern = try #require(RepositoryPattern(text))
        #expect(pattern.matches(name) == fits, "\(text) \(name)")
    }

    @Test(
        "what no name can fit is no pattern",
        arguments: ["", "/a", "a/", "a//b", "A", "a b", "***", "a?", "[a]", "a\\b", "..%2f", "ä", "a:b", "a@b", "!a"])
    func refused(_ text: String) { #expect(RepositoryPattern(text) == nil) }

    @Test("a pattern of many stars takes no longer than its size")
    func linear() throws {
        let pattern = try #require(RepositoryPattern(String(repeating: "*a", count: 250) + "b"))
        #expect(!pattern.matches(String(repeating: "a", count: 255)))
    }

    @Test(
        "names of repositories are names",
        arguments: ["a", "a/b", "a.b", "a_b", "a__b", "a-b", "a---b", "0/1", "a.b-c_d"])
    func names(_ text: String) { #expect(ImageReference.isRepository(text)) }

    @Test(
        "what escapes or hides is no name of a repository",
        arguments: [
            "", "/", "a/", "/a", "a//b", "..", "a/../b", "a/./b", ".a", "a.", "-a", "a-", "a..b", "a___b", "a._b", "A",
            "a b", "a%2fb", "a\u{0}", "a\\b", "ä", "a:b", "a@sha256", "a\nb", "a*", String(repeating: "a", count: 256),
        ])
    func noNames(_ text: String) { #expect(!ImageReference.isRepository(text)) }
}
