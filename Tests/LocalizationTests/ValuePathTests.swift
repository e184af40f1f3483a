// SPDX-License-Identifier: Apache-2.0

import Basics
import Localization
import Testing

@Suite("Paths") struct ValuePathTests {
    @Test(
        "what is no path is refused with the place",
        arguments: [
            ("", "empty"), (".a", "character 1"), ("a.", "character 3"), ("a..b", "character 3"), ("a[", "]"),
            ("a[x]", "brackets hold"), ("a[-1]", "brackets hold"), ("a[1", "“]” should be here"), ("a.[0]", "a name"),
            ("a]b", "character 2"), ("**", "names everything"), ("a*", "“*” stands for a whole name"),
            ("\"a", "not closed"), ("a=b", "quote the name"), ("a\\", "stands at the end"), ("a[=x]", "]"),
            ("**.a.**.b.**.c.**.d", "more than 3"),
        ])
    func refused(text: String, message: String) {
        let fault = #expect(throws: Fault.self) { try ValuePath(text) }
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test(
        "patterns for files",
        arguments: [
            ("*/values.yaml", ["app/values.yaml"], ["values.yaml", "app/charts/x/values.yaml"]),
            (
                "**/values.yaml", ["values.yaml", "a/values.yaml", "a/b/values.yaml"],
                ["a/values.yaml.bak", "values.yaml/x"]
            ),
            ("**/deployment*.yaml", ["deployment.yaml", "x/deployment-a.yaml"], ["x/my-deployment.yaml"]),
            ("./a/?.json", ["a/b.json"], ["a/bc.json", "a/b/c.json"]),
            ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["b", "a/b/c"]),
            ("[ab].yaml", ["a.yaml"], ["c.yaml"]),
        ])
    func patterns(pattern: String, fitting: [String], others: [String]) throws {
        let pattern = try PathPattern(pattern)
        for path in fitting { #expect(pattern.matches(path), "\(path)") }
        for path in others { #expect(!pattern.matches(path), "\(path)") }
    }

    @Test("patterns that can match nothing are refused", arguments: ["", "/a", "a//b", "../a", "a/../b", "a/"])
    func noPatterns(pattern: String) { #expect(throws: Fault.self) { try PathPattern(pattern) } }

    @Test("a pattern of many stars takes no longer for it")
    func hostilePattern() throws {
        let stars = Array(repeating: "**", count: 200).joined(separator: "/") + "/x"
        let path = Array(repeating: "y", count: 500).joined(separator: "/")
        #expect(try !PathPattern(stars).matches(path))
    }
}
