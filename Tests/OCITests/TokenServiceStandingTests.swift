// SPDX-License-Identifier: Apache-2.0

import Testing
import Web

@testable import OCI

@Suite("Whom a registry may send for a token") struct TokenServiceStandingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let registry: String, realm: String
        let standing: TokenServiceStanding
        var testDescription: String { "\(registry) names \(realm): \(standing)" }

        init(_ registry: String, _ realm: String, _ standing: TokenServiceStanding) {
            (self.registry, self.realm, self.standing) = (registry, realm, standing)
        }
    }

    static let table: [Row] = [
        // The services of the field.
        Row("https://registry-1.docker.io", "https://auth.docker.io/token", .trusted),
        Row("https://ghcr.io", "https://ghcr.io/token", .trusted),
        Row("https://quay.io", "https://quay.io/v2/auth", .trusted),
        Row("https://registry.gitlab.com", "https://gitlab.com/jwt/auth", .trusted),
        Row("https://harbor.acme.org:8443", "https://harbor.acme.org/service/token", .trusted),
        Row("https://10.0.0.5:5000", "https://10.0.0.6:5001/auth", .trusted),
        // The same origin, also in plain HTTP, and however it is written.
        Row("http://localhost:5000", "http://localhost:5000/token", .trusted),
        Row("http://registry.lan:5000", "http://REGISTRY.lan:5000/token", .trusted),
        Row("https://a.acme.org", "https://a.acme.org:443/token", .trusted),
        Row("https://127.0.0.1:5000", "https://127.0.0.1:5001/token", .trusted),
        // Down from HTTPS, to the same host or another.
        Row("https://a.acme.org", "http://a.acme.org/token", .foreign),
        Row("https://a.acme.org", "http://a.acme.org:443/token", .foreign),
        Row("https://a.acme.org", "http://b.acme.org/token", .foreign),
        Row("https://registry-1.docker.io", "http://auth.docker.io/token", .foreign),
        // Plain HTTP to another origin, near or far.
        Row("http://127.0.0.1:5000", "http://127.0.0.1:5001/token", .foreign),
        Row("http://localhost:5000", "http://127.0.0.1:5000/token", .foreign),
        Row("http://127.0.0.1:5000", "http://192.0.2.1/token", .foreign),
        Row("http://registry.lan:5000", "http://registry.lan:5001/token", .foreign),
        Row("http://registry.lan:5000", "http://auth.lan/token", .foreign),
        // From plain HTTP up.
        Row("http://localhost:5000", "https://auth.acme.org/token", .trusted),
        Row("http://[::1]:5000", "https://localhost:5001/token", .trusted),
        Row("http://registry.lan:5000", "https://registry.lan:5001/auth", .trusted),
        Row("http://registry.lan:5000", "https://auth.lan/token", .foreign),
        // Names that only look alike.
        Row("http://registry.lan:5000", "https://registry.lan.evil.example/token", .foreign),
        Row("http://registry.lan:5000", "https://xregistry.lan/token", .foreign),
        Row("http://registry.lan:5000", "https://registry.lan./token", .foreign),
        // Places that a registry elsewhere cannot know.
        Row("https://a.acme.org", "https://127.0.0.1:8200/token", .refused),
        Row("https://a.acme.org", "https://localhost/token", .refused),
        Row("https://a.acme.org", "https://[::1]/token", .refused),
        Row("https://a.acme.org", "https://[::ffff:127.0.0.1]/token", .refused),
        Row("https://a.acme.org", "http://169.254.169.254/latest/meta-data/", .refused),
        Row("https://a.acme.org", "https://[fe80::1]/token", .refused),
        Row("https://a.acme.org", "https://0.0.0.0/token", .refused),
        Row("http://registry.lan:5000", "http://localhost:5000/token", .refused),
        Row("http://169.254.0.9:5000", "http://169.254.0.9:5000/token", .trusted),
    ]

    @Test("depends on both origins, and on nothing else", arguments: table) func standing(row: Row) throws {
        let registry = try HTTPURL(row.registry).origin, realm = try HTTPURL(row.realm).origin
        #expect(TokenServiceStanding(realm, namedBy: registry) == row.standing)
    }
}
