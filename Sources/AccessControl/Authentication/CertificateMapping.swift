// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// Which user a client certificate is: by one of its names, taken as it is or looked up.
struct CertificateMapping: Sendable {
    enum Source: String, CaseIterable {
        case commonName, email, dns, uri
    }

    let source: Source
    /// Users by the name in the certificate; nil when each name is a user.
    let users: [String: String]?
    let groups: Set<String>

    init(_ node: ConfigurationNode) throws(Fault) {
        try node.allowOnly(["name", "users", "groups"])
        let name = try node.required("name", "name: commonName")
        guard let source = Source(rawValue: try name.text()) else {
            throw name.fault("there is no such name in certificates", fix: "use commonName, email, dns or uri")
        }
        self.source = source
        users = try node["users"].map { list throws(Fault) in
            var users: [String: String] = [:]
            for (name, user) in try list.members(limit: 10_000) { users[name] = try user.identityName() }
            return users
        }
        var groups: Set<String> = []
        for item in try node["groups"]?.elements(limit: Identity.groupLimit) ?? [] {
            groups.insert(try item.identityName())
        }
        self.groups = groups
    }

    /// The user of a certificate that TLS has found to be issued by a trusted authority; nil for nobody.
    ///
    /// A certificate with several names of the kind is nobody's: it is not for us to choose.
    func user(of certificate: Certificate) -> String? {
        let names: [String] =
            source == .commonName
            ? certificate.commonName.map { [$0] } ?? []
            : certificate.alternativeNames.compactMap { name in
                switch (name, source) {
                case (.email(let text), .email), (.dns(let text), .dns), (.uri(let text), .uri): text
                default: nil
                }
            }
        guard names.count == 1, let name = names.first else { return nil }
        let user = users.map { $0[name] } ?? name
        return user.flatMap { Identity.isName($0) ? $0 : nil }
    }
}
