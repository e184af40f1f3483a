// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesAccess
internal import Web
internal import WebServer

/// Finds out who makes a request, and whether he may.
struct RequestAccess: Sendable {
    /// Nil lets everybody in as an administrator: for a server that only this process can reach.
    let authenticator: RequestAuthenticator?
    let state: AccessState
    let clock: @Sendable () -> Timestamp

    /// Who has proved to ask; throws `APIStatus` 401.
    func requester(of request: ServerRequest) throws -> UserInfo {
        guard let authenticator else {
            return UserInfo("system:admin", groups: [UserInfo.mastersGroup, UserInfo.authenticatedGroup])
        }
        do {
            return try authenticator.user(
                authorization: request.headers["Authorization"], certificate: request.clientCertificate, at: clock()
            ).authenticated
        } catch { throw APIStatus.unauthorized }
    }

    /// Whom a user acts for (`Impersonate-User`, `-Group`, `-Uid`, `-Extra-…`); nil when he names nobody. Throws
    /// `APIStatus` 403 when he may not.
    func impersonated(_ request: ServerRequest, by user: UserInfo) throws -> UserInfo? {
        let prefix = "impersonate-"
        // Where everybody may do everything, nobody needs to be somebody else.
        guard authenticator != nil, request.headers.contains(where: { $0.name.lowercased().hasPrefix(prefix) }) else {
            return nil
        }
        guard let name = request.headers["Impersonate-User"], !name.isEmpty else {
            throw APIStatus.badRequest("requested impersonation without impersonating a user")
        }
        var other = UserInfo(name)
        try allow(user, Self.subject(name))
        if let uid = request.headers["Impersonate-Uid"] {
            try allow(user, Subject(group: "authentication.k8s.io", resource: "uids", name: uid))
            other.uid = uid
        }
        other.groups = request.headers.values(for: "Impersonate-Group")
        for group in other.groups { try allow(user, Subject(resource: "groups", name: group)) }
        for (header, value) in request.headers {
            let header = header.lowercased()
            guard header.hasPrefix("\(prefix)extra-") else { continue }
            let key = String(header.dropFirst(prefix.count + 6))
            try allow(
                user, Subject(group: "authentication.k8s.io", resource: "userextras", subresource: key, name: value))
            other.extra[key, default: []].append(value)
        }
        let account = Self.subject(name)
        if account.resource == "serviceaccounts", other.groups.isEmpty {
            other.groups = [
                UserInfo.serviceAccountsGroup, "\(UserInfo.serviceAccountsGroup):\(account.namespace)",
            ]
        }
        return other.authenticated
    }

    /// What the verb `impersonate` is asked for.
    private struct Subject {
        var group = ""
        var resource: String
        var subresource = ""
        var namespace = ""
        var name: String
    }

    private static func subject(_ name: String) -> Subject {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount", !parts[2].isEmpty, !parts[3].isEmpty
        else { return Subject(resource: "users", name: name) }
        return Subject(resource: "serviceaccounts", namespace: parts[2], name: parts[3])
    }

    private func allow(_ user: UserInfo, _ subject: Subject) throws {
        try check(
            RequestAttributes(
                user, "impersonate", group: subject.group, resource: subject.resource, subresource: subject.subresource,
                namespace: subject.namespace, name: subject.name))
    }

    /// Throws 403 when a request is not allowed.
    private func check(_ attributes: RequestAttributes) throws { try state.check(attributes) }
}
