// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import RegistryServer
import TestServers
import TestSite
import Testing
import Web

/// Who may do what: every route, as every role. The table of routes is the server's own, so a new one is tested at once.
@Suite("Routes and roles") struct AccessMatrixTests {
    enum Role: String, CaseIterable, Sendable {
        case nobody, stranger, reader, writer, owner, wrongPassword, unknownUser, forgedToken, garbage

        /// What the rules below allow on `team/app`.
        var actions: Set<RegistryAction> {
            switch self {
            case .reader: [.ping, .pull, .catalogue]
            case .writer: [.ping, .pull, .push, .catalogue]
            case .owner: [.ping, .pull, .push, .delete, .catalogue]
            // It may pull elsewhere, so it may list what it sees there.
            case .stranger: [.ping, .catalogue]
            case .nobody, .wrongPassword, .unknownUser, .forgedToken, .garbage: []
            }
        }

        /// What it sends to say who it is.
        var authorization: String? {
            switch self {
            case .nobody: nil
            case .stranger, .reader, .writer, .owner: RegistryWire.basic(rawValue)
            case .wrongPassword: "Basic \(Array("owner:guess".utf8).base64)"
            case .unknownUser: RegistryWire.basic("somebody")
            // {"alg":"none"} with the grants of an owner.
            case .forgedToken:
                "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJzaXRlIiwiYXVkIjoic2l0ZSIsInN1YiI6Im93bmVyIiwiZXhwIjo0MTAyNDQ0ODAwLCJhY2Nlc3MiOlt7InR5cGUiOiJyZXBvc2l0b3J5IiwibmFtZSI6InRlYW0vYXBwIiwiYWN0aW9ucyI6WyJwdWxsIiwicHVzaCIsImRlbGV0ZSJdfV19."
            case .garbage: "Digest username=\"owner\""
            }
        }
    }

    private static let rules = """
        [{repositories: ["team/**"], users: [reader, writer, owner], allow: [pull]}, \
        {repositories: ["team/**"], users: [writer, owner], allow: [push]}, \
        {repositories: ["team/**"], users: [owner], allow: [delete]}, \
        {repositories: ["elsewhere/**"], users: [stranger], allow: [pull, push]}]
        """

    @Test(
        "each role is let through where the rules allow it and nowhere else", .enabled(if: RegistryServer.isInstalled))
    func matrix() async throws {
        let site = try await SiteRegistry(
            .basic, rules: Self.rules, users: Role.allCases.map(\.rawValue), tokens: true)
        let wire = RegistryWire(url: site.url, keep: site)
        for role in Role.allCases {
            for route in RegistryRoute.all {
                for method in route.method == .get ? ["GET", "HEAD"] : [route.method.name] {
                    // What is asked for is not there: who gets through is told so, and who does not is not.
                    let fields = role.authorization.map { [("Authorization", $0)] } ?? []
                    let answer = try await wire.ask(method, Self.path(route.kind), fields)
                    let what: Comment = "\(role.rawValue): \(method) \(route.kind.pattern) → \(answer.status)"
                    if role.actions.contains(route.action) {
                        #expect(![401, 403, 429].contains(answer.status), what)
                    } else {
                        #expect([401, 403, 429].contains(answer.status), what)
                        #expect(answer.status != 401 || answer.headers["WWW-Authenticate"] != nil, what)
                    }
                }
            }
        }
    }

    private static func path(_ kind: RegistryEndpoint.Kind) -> String {
        kind.pattern.replacing("<name>", with: "team/app").replacing("<reference>", with: "v1")
            .replacing("<digest>", with: "\(Digest(of: Array("nobody has this".utf8)))").replacing("<id>", with: "none")
    }

    @Test("the catalogue shows what may be pulled, and what may not be is as if it were not there")
    func hidden() async throws {
        let site = try await SiteRegistry(.basic, rules: Self.rules, users: ["owner", "stranger", "reader"])
        let owner = RegistryWire(url: site.url, keep: site, authorization: Role.owner.authorization)
        let stranger = RegistryWire(url: site.url, keep: site, authorization: Role.stranger.authorization)
        let (_, digest) = try await owner.pushManifest("v1", to: "team/app", layers: ["a secret layer"])
        let secret = Digest(of: Array("a secret layer".utf8))
        #expect(try await owner.ask("GET", "/v2/_catalog").json?["repositories"]?.array?.count == 1)
        let seen = try await stranger.ask("GET", "/v2/_catalog")
        #expect([401, 403].contains(seen.status) || seen.json?["repositories"]?.array?.isEmpty == true)
        // A repository that is there and one that is not are refused alike.
        for path in ["tags/list", "manifests/v1", "blobs/\(secret)", "referrers/\(digest)"] {
            let there = try await stranger.ask("GET", "/v2/team/app/\(path)")
            let missing = try await stranger.ask("GET", "/v2/team/none/\(path)")
            #expect(there.status == missing.status && there.status == 403, "\(path)")
            #expect(there.code == missing.code)
        }
        // A mount is no way to read it, whether its repository is named or not.
        for query in ["mount=\(secret)&from=team/app", "mount=\(secret)"] {
            let answer = try await stranger.ask("POST", "/v2/elsewhere/x/blobs/uploads/?\(query)")
            #expect(answer.status == 202, "\(query)")
            #expect(try await stranger.ask("HEAD", "/v2/elsewhere/x/blobs/\(secret)").status == 404)
        }
    }

    @Test("a token is got for a password, and grants what the rules allow and no more")
    func tokens() async throws {
        let site = try await SiteRegistry(.basic, rules: Self.rules, users: ["reader"], tokens: true)
        let wire = RegistryWire(url: site.url, keep: site)
        let refused = try await wire.ask("GET", "/v2/team/app/tags/list")
        #expect(refused.status == 401)
        #expect(refused.headers["WWW-Authenticate"]?.contains("scope=\"repository:team/app:pull\"") ?? false)
        let answer = try await wire.ask(
            "GET", "/token?service=site&scope=repository:team/app:pull,push,delete",
            [("Authorization", Role.reader.authorization ?? "")])
        let token = try #require(answer.json?["token"]?.string)
        let bearer = [("Authorization", "Bearer \(token)")]
        #expect(try await wire.ask("GET", "/v2/team/app/tags/list", bearer).status == 404)
        #expect(try await wire.ask("POST", "/v2/team/app/blobs/uploads/", bearer).status == 403)
        #expect(try await wire.ask("GET", "/jwks").json?["keys"]?.array?.count == 1)
        // One character changed.
        let other = token.dropLast(2).last == "A" ? "B" : "A"
        let forged = try await wire.ask(
            "GET", "/v2/team/app/tags/list",
            [("Authorization", "Bearer \(token.dropLast(3))\(other)\(token.suffix(2))")]
        )
        #expect(forged.status == 401)
    }
}
