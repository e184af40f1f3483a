// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Kubernetes
internal import Tokens

@testable internal import KubernetesAccess

/// Reads what users of a Kubernetes API show, and what administrators write of them. The first byte says what the rest is:
///
/// 0, a token; 1, the claims of a token that is signed rightly; 2, a certificate; 3, a file of tokens; otherwise, roles and
/// bindings as a list. What has to hold, beyond not crashing: nobody is known by a token or a certificate that was not made
/// here; an account has the name that its token is about; nobody lacks rights that he holds; what is allowed is allowed by
/// the rules that are listed.
public enum CredentialTarget {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let folder = made { try TemporaryFolder() }
    private static let tokens = made {
        try ServiceAccountTokens(keyFile: "\(folder.path)/key", issuer: "i", isCurrent: { _ in true })
    }
    private static let signer = made {
        _ = tokens
        let pem = try FileSystem.read("\(folder.path)/key", limit: 4096)
        return try TokenSigner(PrivateKey(pem: pem, source: "key"))
    }
    private static let users = made {
        ClientCertificateUser(authorities: [try CertificateAuthority(folder: folder.path, at: now).certificate])
    }

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 16_384 else { return }
        let rest = Array(bytes.dropFirst())
        switch first {
        case 0:
            let text = String(decoding: rest, as: UTF8.self)
            precondition((try? tokens.verify(text, at: now)) == nil, "a token counts that nobody signed")
        case 1:
            guard let claims = (try? JSON(parsing: rest, source: "it"))?.object,
                let token = try? signer.sign(claims), let verified = try? tokens.verify(token, at: now)
            else { return }
            precondition(claims["sub"]?.string == verified.user.name, "another user than the token is about")
            precondition(verified.user.name == verified.holder.account.userName, "another user than the account")
        case 2: precondition((try? users.user(of: rest, at: now)) == nil, "a certificate counts that nobody issued")
        case 3:
            guard let file = try? TokenFile(parsing: rest, source: "it") else { return }
            precondition(file.user(of: "") == nil, "no token is somebody's")
        default: roles(rest)
        }
    }

    private static func roles(_ bytes: [UInt8]) {
        var limits = DocumentLimits()
        (limits.depth, limits.nodes) = (16, 4096)
        guard let list = (try? JSON(parsing: bytes, source: "it", limits: limits))?.array else { return }
        let authorizer = RBACAuthorizer(list.compactMap { try? KubernetesObject($0) })
        let user = UserInfo("u", groups: ["g"])
        let held = authorizer.rules(of: user, in: "n").rules
        if let missing = RoleRule.missing(held, from: held) { precondition(missing.isEmpty, "rights that are held lack") }
        for request in [
            RequestAttributes(user, "get", resource: "pods", namespace: "n", name: "a"),
            RequestAttributes(user, "get", path: "/a"),
        ] {
            let isListed = held.contains { $0.allows(request) }
            precondition(authorizer.authorize(request).isAllowed == isListed, "another verdict than the rules")
        }
    }

    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("\(error)") }
    }
}
