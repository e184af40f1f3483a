// SPDX-License-Identifier: Apache-2.0

import KubernetesFormats
import TestInputs
import Testing

@Suite("NamedFormat") struct NamedFormatTests {
    @Test(
        "accepts what fits",
        arguments: [
            (.dns1123Label, ["a", "0", "my-name", "123-abc", "a--b", a(63)]),
            (.dns1123Subdomain, ["a", "example.com", "1.2.3", "a-b.c-d", a(253)]),
            (.dns1035Label, ["a", "my-name", "abc-123", a(63)]),
            (.qualifiedName, ["MyName", "my.name", "123-abc", "example.com/My_Name", "a/" + a(63), a(253) + "/b"]),
            (.labelValue, ["", "MyValue", "my_value", "12345", "a.b", a(63)]),
            (.dns1123LabelPrefix, ["my-name-", "a-", "a", "A-"]),
            (.dns1123SubdomainPrefix, ["example.com-", "a.b-"]), (.dns1035LabelPrefix, ["abc-", "a-b"]),
            (.uri, ["https://example.com/", "/path", "mailto:a@b"]),
            (
                .uuid,
                [
                    "123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000",
                    "123e4567e89b-12d3a456-426614174000",
                ]
            ),
            (.byte, ["YQ==", "YWI=", "YWJj", "YWJjZA=="]), (.date, ["2024-02-29", "0000-01-01", "9999-12-31"]),
            (.datetime, ["2024-02-29T23:59:59Z", "2024-01-01t00:00:00.5z", "2024-01-01T00:00:00+99:99"]),
        ] as [(NamedFormat, [String])])
    func accepts(format: NamedFormat, texts: [String]) {
        for text in texts { #expect(format.validate(text) == []) }
    }

    @Test(
        "refuses what does not",
        arguments: [
            (.dns1123Label, ["", "-a", "a-", "A", "a_b", "a.b", "ä", "a\n", a(64)]),
            (.dns1123Subdomain, ["", ".", "a.", ".a", "a..b", "A.b", "a-.b", a(254)]),
            (.dns1035Label, ["", "1a", "-a", "a-", "A", "a.b"]),
            (.qualifiedName, ["", "/", "a/", "/a", "a/b/c", "A/b", "-a", "a_", a(64), a(254) + "/b"]),
            (.labelValue, ["-a", "a.", "_", "a b", "a/b", a(64)]), (.dns1123LabelPrefix, ["-", "", "AB-", "-ab-"]),
            (.dns1123SubdomainPrefix, ["-", "AB-"]), (.dns1035LabelPrefix, ["1-x", "-"]),
            (.uri, ["", "a", "http://a b/", "http://%zz/", "http://a/\n"]),
            (
                .uuid,
                [
                    "", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000",
                    "g23e4567-e89b-12d3-a456-426614174000", "123e4567--e89b-12d3-a456-426614174000",
                ]
            ),
            (.byte, ["", "YQ", "YQ=", "Y===", "====", "YQ==YQ==", "YW-_", "YQ==\n"]),
            (
                .date,
                ["", "2024-02-30", "2023-02-29", "2024-13-01", "24-01-01", "2024-1-1", "2024-01-01T", "2024/01/01"]
            ),
            (
                .datetime,
                [
                    "", "2024-01-01", "2024-01-01T", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z",
                    "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+0100", "2024-02-30T00:00:00Z",
                    "2024-01-01 00:00:00Z",
                ]
            ),
        ] as [(NamedFormat, [String])])
    func refuses(format: NamedFormat, texts: [String]) {
        for text in texts { #expect(!format.validate(text).isEmpty, "\(format) accepts “\(text)”") }
    }

    @Test("says what is wrong in the words of Kubernetes") func messages() {
        #expect(
            NamedFormat.dns1123Label.validate("Not_A_Label") == [
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
                    + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            ])
        #expect(NamedFormat.dns1123Label.validate("a.b") == ["must not contain dots"])
        #expect(NamedFormat.dns1123Label.validate(Self.a(64)) == ["must be no more than 63 characters"])
        #expect(NamedFormat.labelValue.validate(Self.a(64)) == ["must be no more than 63 bytes"])
        #expect(
            NamedFormat.qualifiedName.validate("/" + Self.a(64)) == [
                "prefix part must be non-empty", "name part must be no more than 63 bytes",
            ])
        #expect(NamedFormat.qualifiedName.validate("").count == 2)
        #expect(NamedFormat.qualifiedName.validate("a/b/c").first?.hasSuffix("(e.g. 'example.com/MyName')") == true)
        #expect(NamedFormat.byte.validate("!") == ["invalid base64"])
    }

    @Test("no text stops a check") func damaged() {
        var mutator = ByteMutator(
            samples: [
                "example.com/My_Name", "2024-01-01T00:00:00.5+01:00", "YWJjZA==",
                "123e4567-e89b-12d3-a456-426614174000",
            ].map { Array($0.utf8) },
            tokens: ["-", ".", "/", "=", "T"], seed: 7)
        for _ in 0..<5_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            for format in NamedFormat.allCases { _ = format.validate(text) }
        }
    }

    static func a(_ count: Int) -> String { String(repeating: "a", count: count) }
}
