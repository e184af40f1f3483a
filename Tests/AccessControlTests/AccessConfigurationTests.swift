// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Tokens

@testable import AccessControl

@Suite("Configuration of access") struct AccessConfigurationTests {
    static let full = """
        realm: Site registry
        passwords: {file: /etc/htpasswd, remember: 10m, checks: 4}
        groups: {admins: [carol, "gitlab:dave"]}
        groupFile: groups.yaml
        tokens: {realm: "https://r.example/token", service: r, issuer: i, keys: keys, algorithm: ES256, lifetime: 120}
        issuers:
          - name: gitlab
            issuer: https://gitlab.example
            audiences: [r]
            keys: {url: "https://gitlab.example/keys"}
            user: preferred_username
            groups: groups
            prefix: "gl:"
            access: claim
            clockSkew: 30s
            longestLifetime: 1h
            refresh: 5m
          - {name: local, issuer: l, audiences: [r], keys: {file: keys.json}}
        certificates: {name: email, users: {"ci@acme.org": ci}, groups: [machines]}
        rules:
          - {repositories: ["a/**", b], users: ["*", x], groups: [g], anonymous: false, allow: [pull, push, delete]}
        throttle: {userAndAddress: 3, address: 9, user: 9, longestWait: 10m, memory: 30m}
        """

    @Test("every setting is read")
    func settings() throws {
        let configuration = try AccessFixture().configuration(Self.full)
        #expect(configuration.realm == "Site registry")
        #expect(configuration.passwords?.file == "/etc/htpasswd")
        #expect(configuration.passwords?.remember == 600 && configuration.passwords?.checks == 4)
        #expect(configuration.groups.groups(of: "carol") == ["admins"])
        #expect(configuration.tokens?.lifetime == 120 && configuration.tokens?.algorithm == .p256)
        #expect(configuration.tokens?.keys.hasSuffix("/keys") == true)
        #expect(configuration.issuers.map(\.name) == ["gitlab", "local"])
        #expect(configuration.issuers[0].claims.prefix == "gl:" && configuration.issuers[0].claims.isAccessGranted)
        #expect(configuration.issuers[0].policy.clockSkew == 30 && configuration.issuers[0].refresh == 300)
        #expect(configuration.issuers[1].claims.prefix == "local:" && configuration.issuers[1].claims.user == "sub")
        #expect(configuration.certificates?.source == .email)
        #expect(configuration.rules.count == 1 && configuration.rules[0].actions == .all)
        #expect(configuration.throttle.longestWait == 600_000)
    }

    static let refused: [(yaml: String, reason: String)] = [
        ("[]", "access.yaml:1:1: “the configuration” is a array where an object"),
        ("rule: []", "access.yaml:1:1: there is no setting “rule” here"),
        ("passwords: {}", "“file” is missing"), ("passwords: {file: 1}", "“file” is a number where a text"),
        ("passwords: {file: x, remember: 2h}", "“remember” is no time from 0 to 3600"),
        ("passwords: {file: x, checks: 0}", "“checks” is no whole number from 1 to 64"),
        ("rules: {}", "“rules” is a object where a list"), ("rules: [1]", "is a number where an object"),
        ("rules:\n  - {allow: [pull], anonymous: true}", "access.yaml:2:5: “repositories” is missing"),
        (
            "rules:\n  - {repositories: [], allow: [pull], anonymous: true}",
            "access.yaml:2:5: the rule is about no repo"
        ),
        ("rules:\n  - {repositories: [a], anonymous: true}", "access.yaml:2:5: “allow” is missing"),
        ("rules:\n  - {repositories: [a], allow: [pull]}", "access.yaml:2:5: the rule is about nobody"),
        ("rules:\n  - {repositories: [a], anonymous: false, allow: [pull]}", "the rule is about nobody"),
        ("rules:\n  - {repositories: [a], users: [], allow: [pull]}", "the rule is about nobody"),
        ("rules:\n  - {repositories: [a], users: [x], allow: []}", "the rule allows nothing"),
        ("rules:\n  - {repositories: [a], users: [x], allow: [read]}", "access.yaml:2:45: “read” is no action"),
        ("rules:\n  - {repositories: [a], users: [x], allow: pull}", "“allow” is a string where a list"),
        ("rules:\n  - {repositories: [A], users: [x], allow: [pull]}", "access.yaml:2:21: “A” is no pattern"),
        ("rules:\n  - {repositories: [\"a/../b/\"], users: [x], allow: [pull]}", "is no pattern"),
        ("rules:\n  - {repositories: [a], users: [yes], allow: [pull]}", "is a boolean where a text"),
        ("rules:\n  - {repositories: [a], users: [x], anonymous: 1, allow: [pull]}", "is a number where true or false"),
        ("rules:\n  - {repositories: [a], user: [x], allow: [pull]}", "there is no setting “user” here"),
        ("rules:\n  - {repositories: [a], users: [x], deny: [pull], allow: [pull]}", "no setting “deny”"),
        ("groups: {admins: carol}", "“admins” is a string where a list"), ("groups: {\"*\": [a]}", "no group can have"),
        ("tokens: {service: s, keys: k}", "“realm” is missing"),
        ("tokens: {realm: \"ftp://x\", service: s, keys: k}", "access.yaml:1:10: “ftp://x” is neither"),
        ("tokens: {realm: \"https://x/\", service: \"s\\n\", keys: k}", "printable ASCII"),
        ("tokens: {realm: \"https://x/\", service: s, keys: k, algorithm: HS256}", "no such algorithm"),
        ("tokens: {realm: \"https://x/\", service: s, keys: k, lifetime: 10s}", "no time from 60"),
        ("issuers: [{name: a, issuer: i, audiences: [], keys: {file: f}}]", "no audience is named"),
        ("issuers: [{name: a, issuer: i, keys: {file: f}}]", "“audiences” is missing"),
        ("issuers: [{name: a, issuer: i, audiences: [r], keys: {}}]", "neither in one file nor at one URL"),
        ("issuers: [{name: a, issuer: i, audiences: [r], keys: {url: \"http://x.example/k\"}}]", "plain HTTP"),
        ("issuers: [{name: a, issuer: i, audiences: [r], keys: {file: f}, access: both}]", "no such way"),
        ("issuers: [{name: a, issuer: i, audiences: [r], keys: {file: f}, prefix: 1}]", "“prefix” is a number"),
        (
            "issuers: [{name: a, issuer: i, audiences: [r], keys: {file: f}},"
                + " {name: b, issuer: i, audiences: [r], keys: {file: f}}]", "of another one"
        ),
        ("certificates: {name: cn}", "no such name in certificates"), ("certificates: {}", "“name” is missing"),
        ("throttle: {memory: 1s}", "no time from 60"),
    ]

    @Test("a mistake is named where it stands", arguments: refused.indices)
    func isRefused(_ index: Int) throws {
        let (yaml, reason) = Self.refused[index]
        let fixture = try AccessFixture()
        do throws(Fault) {
            _ = try fixture.configuration(yaml)
            Issue.record("“\(yaml)” was taken")
        } catch {
            #expect(error.message.contains(reason), "\(error.message)")
            #expect(error.message.hasPrefix("access.yaml:"), "\(error.message)")
            #expect(error.fix?.isEmpty == false)
        }
    }

    @Test("what is misspelled is guessed")
    func guessed() throws {
        let fixture = try AccessFixture()
        do throws(Fault) { _ = try fixture.configuration("pasword: {}") } catch {
            #expect(error.fix == "did you mean “passwords”?")
        }
    }

    @Test("the schema knows the settings that are read, and no others")
    func schema() throws {
        let document = try YAML.document(Array(Self.full.utf8), source: "it").root
        func compare(_ value: JSON, _ schema: JSON, _ path: String) {
            if let properties = schema["properties"]?.object {
                #expect(schema["additionalProperties"] == false, "\(path)")
                // The example has them all, but for alternatives.
                let present = Set(value.object?.keys ?? [])
                #expect(present.isSubset(of: properties.keys), "\(path)")
                if !path.hasSuffix(".keys") && !path.hasSuffix("[1]") {
                    #expect(present == Set(properties.keys), "\(path)")
                }
                for (key, member) in properties {
                    #expect(member["description"]?.string?.isEmpty == false, "\(path).\(key)")
                    if let next = value[key] { compare(next, member, "\(path).\(key)") }
                }
            } else if let items = schema["items"], let list = value.array {
                for (index, item) in list.enumerated() { compare(item, items, "\(path)[\(index)]") }
            }
        }
        compare(document, AccessConfiguration.schema, "access")
    }

    @Test("a section that is missing is that of development")
    func missing() throws {
        let document = try YAML.document(Array("listen: x".utf8), source: "it")
        let configuration = try AccessConfiguration(document, at: JSONPointer(["access"]), folder: "/")
        #expect(!configuration.isAuthenticationConfigured && configuration.rules.isEmpty)
    }
}
