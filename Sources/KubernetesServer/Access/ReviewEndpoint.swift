// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore

/// Questions that are asked by creating an object, which is answered and not stored.
struct ReviewEndpoint: Sendable {
    let endpoint: ResourceEndpoint
    let access: RequestAccess

    /// The object with its answer.
    func answer() async throws -> KubernetesObject {
        let body = try await endpoint.body()
        let options = try endpoint.options()
        var json = body.json
        try ObjectIdentity.checkKind(&json, endpoint.resource.kind)
        let admitted = try endpoint.resource.admitted(json)
        try endpoint.context.check(
            unknown: admitted.unknownFields, repeated: body.repeatedFields, options.fieldValidation,
            endpoint.resource.kind)
        let object = KubernetesObject(unchecked: admitted.object)
        let reviews = AccessReviews(access.state.authorizer)
        let user = endpoint.context.user
        switch endpoint.resource.plural {
        case "selfsubjectaccessreviews": return try reviews.selfSubjectAccessReview(object, user: user)
        case "subjectaccessreviews": return try reviews.subjectAccessReview(object)
        case "localsubjectaccessreviews":
            return try reviews.localSubjectAccessReview(object, namespace: endpoint.namespace ?? "")
        case "selfsubjectrulesreviews": return try reviews.selfSubjectRulesReview(object, user: user)
        case "selfsubjectreviews": return TokenReviews.selfSubjectReview(object, user: user)
        case "tokenreviews":
            return try TokenReviews(access.authenticator ?? RequestAuthenticator()).tokenReview(
                object, at: access.clock())
        default: throw APIStatus.methodNotAllowed()
        }
    }

    /// A new token for the service account of the path.
    func token() async throws -> KubernetesObject {
        let kind = GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest")
        let object = KubernetesObject(unchecked: try await endpoint.body(expecting: kind).json)
        let (api, namespace) = (endpoint.api, endpoint.namespace)
        let account = try api.storedObject(endpoint.resource, namespace, endpoint.path.name ?? "")
        let identity = ServiceAccountIdentity(
            namespace: namespace ?? "", name: account.key.name.name, uid: account.uid)
        return try TokenReviews(access.authenticator ?? RequestAuthenticator()).tokenRequest(
            object, for: identity, at: access.clock()
        ) { (kind, name) throws(APIStatus) in try Self.target(kind, name, namespace, api) }
    }

    /// What a token is to be bound to.
    private static func target(
        _ kind: ServiceAccountTokens.BoundObject.Kind, _ name: String, _ namespace: String?, _ api: KubernetesAPI
    ) throws(APIStatus) -> TokenReviews.BindingTarget? {
        let resource = GroupResource(group: "", resource: kind == .pod ? "pods" : "secrets")
        do throws(Fault) {
            let found = try api.store.object(ObjectKey(resource, ObjectName(namespace, name)))?.object()
            return found.map {
                TokenReviews.BindingTarget(
                    uid: $0.uid ?? "", serviceAccount: $0.json["spec"]?["serviceAccountName"]?.string)
            }
        } catch { throw .internalError(error.message) }
    }
}
