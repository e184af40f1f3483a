// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Chronology
internal import Documents
public import Kubernetes

/// Answers the kinds that ask who somebody is (`authentication.k8s.io/v1`), and makes tokens of service accounts: each
/// takes the object that was created and gives it back with its status.
public struct TokenReviews: Sendable {
    private let authenticator: RequestAuthenticator

    /// Knows those whom an authenticator knows.
    public init(_ authenticator: RequestAuthenticator) { self.authenticator = authenticator }

    /// SelfSubjectReview: who asks.
    public static func selfSubjectReview(_ object: KubernetesObject, user: UserInfo) -> KubernetesObject {
        var answer = object
        answer.json["status"] = ["userInfo": user.json]
        return answer
    }

    /// TokenReview: whose a token is. Why it is nobody's is said in few words, and nothing of the token.
    public func tokenReview(_ object: KubernetesObject, at now: Timestamp) throws(APIStatus) -> KubernetesObject {
        guard let token = object.json["spec"]?["token"]?.string, !token.isEmpty else {
            throw .badRequest("token is required for TokenReview in authentication")
        }
        let audiences = (object.json["spec"]?["audiences"]?.array ?? []).compactMap(\.string)
        var answer = object
        do throws(Fault) {
            let found = try authenticator.user(ofToken: token, audiences: audiences, at: now)
            answer.json["status"] = ["authenticated": true, "user": found.user.json]
            if !found.audiences.isEmpty {
                answer.json["status"]?["audiences"] = .array(found.audiences.map { .string($0) })
            }
        } catch {
            answer.json["status"] = ["authenticated": false, "user": [:], "error": .string(error.message)]
        }
        return answer
    }

    /// An object that a token is to be bound to, as the server finds it.
    public struct BindingTarget: Sendable {
        /// Its `metadata.uid`.
        public let uid: String
        /// The service account of a pod; nil for a secret.
        public let serviceAccount: String?

        /// An object that is there.
        public init(uid: String, serviceAccount: String? = nil) {
            (self.uid, self.serviceAccount) = (uid, serviceAccount)
        }
    }

    /// TokenRequest: a new token for an account that is there.
    ///
    /// - Parameter find: the pod or secret of that name in the account's namespace; nil when there is none.
    public func tokenRequest(
        _ object: KubernetesObject, for account: ServiceAccountIdentity, at now: Timestamp,
        find: (ServiceAccountTokens.BoundObject.Kind, String) throws(APIStatus) -> BindingTarget?
    ) throws(APIStatus) -> KubernetesObject {
        guard let tokens = authenticator.serviceAccounts else {
            throw .badRequest("this server issues no tokens of service accounts")
        }
        let spec = object.json["spec"]
        let seconds = spec?["expirationSeconds"]?.int ?? 3600
        let limits: [(Bool, String)] = [
            (seconds < ServiceAccountTokens.shortestLifetime, "may not specify a duration less than 10 minutes"),
            (seconds > 1 << 32, "may not specify a duration larger than 2^32 seconds"),
        ]
        for (isBroken, why) in limits where isBroken {
            let error = FieldError(.invalid, "spec.expirationSeconds", value: .number(JSONNumber(seconds)), why)
            throw .invalid(
                GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest"), object.name,
                [APIStatus.Cause(reason: error.reason.rawValue, error.message, field: error.field)])
        }
        let bound = try boundObject(spec?["boundObjectRef"], account, find)
        let issued: ServiceAccountTokens.Issued
        do throws(Fault) {
            issued = try tokens.issue(
                to: ServiceAccountTokens.Holder(account, bound: bound),
                audiences: (spec?["audiences"]?.array ?? []).compactMap(\.string), seconds: seconds, at: now)
        } catch {
            throw error.code == .invalid || error.code == .limitExceeded
                ? .badRequest(error.message) : .internalError(error.message)
        }
        var answer = object
        if spec?.object == nil { answer.json["spec"] = [:] }
        if spec?["audiences"]?.array?.isEmpty != false {
            answer.json["spec"]?["audiences"] = .array(tokens.audiences.map { .string($0) })
        }
        answer.json["spec"]?["expirationSeconds"] = .number(JSONNumber(issued.expires.seconds - now.seconds))
        answer.json["status"] = [
            "token": .string(issued.token),
            "expirationTimestamp": .string(Moment(seconds: issued.expires.seconds)?.kubernetesText ?? ""),
        ]
        return answer
    }

    private func boundObject(
        _ reference: JSON?, _ account: ServiceAccountIdentity,
        _ find: (ServiceAccountTokens.BoundObject.Kind, String) throws(APIStatus) -> BindingTarget?
    ) throws(APIStatus) -> ServiceAccountTokens.BoundObject? {
        guard let reference, reference != .null else { return nil }
        let (version, kindName) = (reference["apiVersion"]?.string ?? "", reference["kind"]?.string ?? "")
        guard version == "v1" || version.isEmpty, let kind = ServiceAccountTokens.BoundObject.Kind(rawValue: kindName)
        else {
            throw .badRequest(
                "cannot bind token to object of type \(GroupVersionKind(apiVersion: version, kind: kindName))")
        }
        let name = reference["name"]?.string ?? ""
        let resource = GroupResource(group: "", resource: kind == .pod ? "pods" : "secrets")
        guard !name.isEmpty, let target = try find(kind, name) else { throw .notFound(resource, name) }
        if let uid = reference["uid"]?.string, !uid.isEmpty, uid != target.uid {
            throw .conflict(
                resource, name,
                "the UID in the bound object reference (\(uid)) does not match the UID in record. The object might have"
                    + " been deleted and then recreated")
        }
        if kind == .pod, target.serviceAccount != account.name {
            throw .badRequest(
                "cannot bind token for serviceaccount \(goQuoted(account.name)) to pod running with different"
                    + " serviceaccount name.")
        }
        return ServiceAccountTokens.BoundObject(kind, name: name, uid: target.uid)
    }
}
