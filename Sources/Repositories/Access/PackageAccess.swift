// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import PackageRepositories
internal import Web

extension RepositoryConnections {
    /// The same client and credentials for package repositories.
    ///
    /// For every address the consumer types of its kind are looked up, so a credential only reaches the origin that it
    /// is configured for.
    public var packages: PackageConnection {
        let credentials = credentials
        return PackageConnection(http: http, temporaryFolder: temporaryFolder) { kind, url in
            for type in kind.consumerTypes {
                let identity = ConsumerIdentity(type: type, url: url)
                if let found = credentials.credential(for: identity)?.forPackages(kind) { return found }
            }
            return nil
        }
    }
}

extension PackageKind {
    /// The types of consumer whose credentials fit, the first that is configured counts.
    var consumerTypes: [String] {
        switch self {
        case .maven: ["MavenRepository", "Wget"]
        case .npm: ["NpmRegistry", "Wget"]
        case .s3: ["S3"]
        case .http: ["Wget"]
        case .helm: ["HelmChartRepository", "Wget"]
        case .gitHub: ["GitHubRepository", "Github"]
        }
    }
}

extension Credential {
    /// How a package repository is told.
    fileprivate func forPackages(_ kind: PackageKind) -> PackageCredential? {
        if kind == .s3 {
            guard let id = value("accessKeyId", "awsAccessKeyID", "accessKeyID"),
                let secret = value("secretAccessKey", "awsSecretAccessKey")
            else { return nil }
            return .accessKey(id: id, secret: secret, sessionToken: value("sessionToken", "token"))
        }
        if let token = value("token", "identityToken", "accessToken") { return .bearer(token) }
        guard let username = value("username") else { return nil }
        return .basic(username: username, password: value("password") ?? "")
    }
}

/// The fields of an access or of an input that is like one, each read with an error that names the thing and the field.
struct AccessFields {
    let json: JSON
    /// What has the fields: the access of something, or its input.
    private let owner: String

    /// - Parameter role: what the fields are of the thing: its access, or its input.
    init(_ access: TypedSpecification, _ thing: String, role: String = "access") {
        (json, owner) = (access.json, "the \(role) of \(thing)")
    }

    /// A text by any of its names; nil when none is there or empty.
    func text(_ names: String...) throws(Fault) -> String? {
        for name in names {
            guard let value = json[name], value != .null else { continue }
            guard let text = value.string ?? value.numberText else {
                throw Fault(.invalid, "“\(name)” in \(owner) is a \(value.kindName), not a string")
            }
            if !text.isEmpty { return text }
        }
        return nil
    }

    /// A text that must be there, under any of its names; the first is named in messages.
    func required(_ names: String...) throws(Fault) -> String {
        for name in names { if let text = try text(name) { return text } }
        throw Fault(
            .invalid, "\(owner) has no “\(names.first ?? "")”", fix: "add “\(names.first ?? "")”")
    }

    /// Whether a switch is set; nil when it is not there.
    func flag(_ name: String) throws(Fault) -> Bool? {
        guard let value = json[name], value != .null else { return nil }
        guard let flag = value.bool else {
            throw Fault(.invalid, "“\(name)” in \(owner) is a \(value.kindName), not true or false")
        }
        return flag
    }
}

extension BlobContent {
    /// Bytes of a package repository.
    init(mediaType: String, _ content: PackageContent) {
        self.init(mediaType: mediaType, size: content.size, open: content.open)
    }
}
