// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import OCI

@Suite("Challenges") struct AuthenticationChallengeTests {
    @Test(
        "are read as registries write them",
        arguments: [
            (#"Basic realm="test""#, ["basic realm=test"]), ("Basic", ["basic"]), ("", []), (",, ,", []),
            (
                #"Bearer realm="https://auth.example/token",service="registry",scope="repository:a/b:pull,push""#,
                ["bearer realm=https://auth.example/token scope=repository:a/b:pull,push service=registry"]
            ),
            (#"BEARER Realm = "https://a/t" , Service=x"#, ["bearer realm=https://a/t service=x"]),
            (#"Basic realm="a", Bearer realm="b""#, ["basic realm=a", "bearer realm=b"]),
            (#"Negotiate, Basic realm="a""#, ["negotiate", "basic realm=a"]),
            // A comma, a quote and another challenge inside of quotes are text.
            (#"Basic realm="a, Bearer realm=\"evil\"""#, [#"basic realm=a, Bearer realm="evil""#]),
            (#"Basic realm="not ended"#, ["basic realm=not ended"]), (#"Basic realm="#, ["basic realm="]),
            (#"Basic realm="a" @@@ Bearer realm="b""#, ["basic realm=a"]),
        ])
    func reads(header: String, expected: [String]) {
        let found = AuthenticationChallenge.parse(header).map { challenge in
            ([challenge.scheme] + challenge.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
                .joined(separator: " ")
        }
        #expect(found == expected)
    }
}
