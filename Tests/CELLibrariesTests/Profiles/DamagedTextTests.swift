// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import TestInputs
import Testing

/// Texts come from anywhere; functions of texts give a value or an error, and never end the process.
@Suite("Damaged texts")
struct DamagedTextTests {
    private static let digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    private func damaged(_ samples: [String], tokens: [String], seed: UInt64) -> [String] {
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: tokens, seed: seed)
        return (0..<3000).map { _ in String(decoding: mutator.next(), as: UTF8.self) }
    }

    private func program(_ expression: String, in profile: Profile) throws -> Program {
        try profile.environment(variables: ["t": .string]).compile(expression)
    }

    @Test("a reference that is accepted is the sum of its parts")
    func references() throws {
        let samples = [
            "oci://ghcr.io:443/a/b:v1@\(Self.digest)", "a/b", "x:y", "[::1]:5000/a@\(Self.digest)", Self.digest,
        ]
        let whole = try program(
            """
            cel.bind(r, parseRef(t), (r.scheme == '' ? '' : r.scheme + '://') + (r.registry == '' ? '' : r.registry + '/')
              + r.repository + (r.tag == '' ? '' : ':' + r.tag)
              + (r.digest == '' ? '' : (t == r.digest ? '' : '@') + r.digest)) == t.replace(':@', '@')
            """, in: .ocmResource)
        var accepted = 0
        for text in damaged(samples, tokens: ["://", "/", ":", "@", "sha256:", "docker.io"], seed: 1) {
            guard let same = try? whole.evaluate(["t": .string(text)]) else { continue }
            accepted += 1
            #expect(same.literalText == "true", "\(text)")
        }
        #expect(accepted > 300)
    }

    @Test("JSON that was written is read and written again as it is")
    func json() throws {
        let samples = [#"{"a": [1, 2.5e3, true, null], "b": "<\u2028é\n>", "c": {}}"#, "-0", "[[[]]]"]
        let written = try program("json.marshal(json.unmarshal(t))", in: .kro)
        var accepted = 0
        for text in damaged(samples, tokens: ["\\u", "{", "[", "1e", ",", "\""], seed: 2) {
            guard let once = try? written.evaluate(["t": .string(text)]) else { continue }
            accepted += 1
            let twice = try written.evaluate(["t": once])
            #expect(once.literalText == twice.literalText, "\(text)")
        }
        #expect(accepted > 300)
    }

    @Test(
        "values of Kubernetes are read back from their texts",
        arguments: [
            ("quantity(t) == quantity(t)", ["1.5Gi", "12e6", "-100m", "0.000000001"]),
            ("ip(string(ip(t))) == ip(t)", ["10.0.0.1", "2001:db8::68"]),
            ("cidr(string(cidr(t))) == cidr(t)", ["10.0.0.0/8", "2001:db8::/32"]),
            ("semver(t, true).compareTo(semver(t, true)) == 0", ["v1.2", "1.2.3-alpha.1+b", "01.02"]),
            ("url(t) == url(t) && url(t).getQuery().size() >= 0", ["https://u@a.b:80/c%20d?e=f&g#h", "/a"]),
            ("t.findAll(t).size() >= 0", ["a(b|c)*", "[^x-z]+?", "\\d{2,3}"]),
            ("format.named('dns1123Label').value().validate(t).orValue([]).size() >= 0", ["my-label"]),
        ])
    func kubernetes(expression: String, samples: [String]) throws {
        let program = try program(expression, in: .kubernetes)
        for text in damaged(samples, tokens: [".", "/", ":", "-", "Ki", "(", "["], seed: 3) {
            guard let holds = try? program.evaluate(["t": .string(text)]) else { continue }
            #expect(holds.literalText == "true", "\(text)")
        }
    }
}
