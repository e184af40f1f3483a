// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes

/// Answers the kinds that ask who may do what (`authorization.k8s.io/v1`): each takes the object that was created and gives
/// it back with its status. Throws what the server answers when the question is none.
public struct AccessReviews: Sendable {
    private let authorizer: any Authorizer
    private static let group = "authorization.k8s.io"

    /// Answers as an authorizer decides.
    public init(_ authorizer: any Authorizer) { self.authorizer = authorizer }

    /// SelfSubjectAccessReview: whether the one who asks may do something.
    public func selfSubjectAccessReview(_ object: KubernetesObject, user: UserInfo) throws(APIStatus)
        -> KubernetesObject
    {
        var errors: [FieldError] = []
        let request = request(of: object, user, &errors)
        try refuse(object, errors)
        return answer(object, request)
    }

    /// SubjectAccessReview: whether somebody may do something.
    public func subjectAccessReview(_ object: KubernetesObject) throws(APIStatus) -> KubernetesObject {
        var errors: [FieldError] = []
        let request = request(of: object, subject(of: object, &errors), &errors)
        try refuse(object, errors)
        return answer(object, request)
    }

    /// LocalSubjectAccessReview: whether somebody may do something in the namespace that is asked in.
    public func localSubjectAccessReview(_ object: KubernetesObject, namespace: String) throws(APIStatus)
        -> KubernetesObject
    {
        var errors: [FieldError] = []
        let request = request(of: object, subject(of: object, &errors), &errors)
        if let own = object.namespace, own != namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        let spec = object.json["spec"]
        if let asked = spec?["resourceAttributes"], asked.object != nil, asked["namespace"]?.string ?? "" != namespace {
            errors.append(
                FieldError(
                    .invalid, "spec.resourceAttributes.namespace", value: asked["namespace"] ?? "",
                    "must match metadata.namespace"))
        }
        if let asked = spec?["nonResourceAttributes"], asked != .null {
            errors.append(
                FieldError(
                    .invalid, "spec.nonResourceAttributes", value: asked, "disallowed on this kind of request"))
        }
        try refuse(object, errors)
        return answer(object, request)
    }

    /// SelfSubjectRulesReview: all that the one who asks may do in a namespace.
    public func selfSubjectRulesReview(_ object: KubernetesObject, user: UserInfo) throws(APIStatus) -> KubernetesObject
    {
        guard let namespace = object.json["spec"]?["namespace"]?.string, !namespace.isEmpty else {
            throw .badRequest("no namespace on request")
        }
        let held = authorizer.rules(of: user, in: namespace)
        // A rule for both is shown in both lists, as upstream does.
        let resources = held.rules.filter { !$0.resources.isEmpty }.map { rule in
            RoleRule(rule.verbs, groups: rule.groups, resources: rule.resources, names: rule.names).json
        }
        let paths = held.rules.filter { !$0.paths.isEmpty }.map { RoleRule($0.verbs, paths: $0.paths).json }
        var answer = object
        var status: JSON = [
            "resourceRules": .array(resources), "nonResourceRules": .array(paths),
            "incomplete": .bool(held.problem != nil),
        ]
        if let problem = held.problem { status["evaluationError"] = .string(problem) }
        answer.json["status"] = status
        return answer
    }

    private func answer(_ object: KubernetesObject, _ request: RequestAttributes?) -> KubernetesObject {
        var answer = object
        let verdict = request.map(authorizer.authorize) ?? AccessVerdict(isAllowed: false)
        answer.json["status"] = ["allowed": .bool(verdict.isAllowed)]
        if !verdict.reason.isEmpty { answer.json["status"]?["reason"] = .string(verdict.reason) }
        return answer
    }

    private func refuse(_ object: KubernetesObject, _ errors: [FieldError]) throws(APIStatus) {
        guard !errors.isEmpty else { return }
        let kind = GroupVersionKind(apiVersion: object.apiVersion, kind: object.kind)
        throw .invalid(
            kind, object.name,
            errors.map { APIStatus.Cause(reason: $0.reason.rawValue, $0.message, field: $0.field) })
    }

    /// Whom the review is about.
    private func subject(of object: KubernetesObject, _ errors: inout [FieldError]) -> UserInfo {
        let spec = object.json["spec"]
        let name = spec?["user"]?.string ?? ""
        let groups = (spec?["groups"]?.array ?? []).compactMap(\.string)
        if name.isEmpty, groups.isEmpty {
            errors.append(
                FieldError(.invalid, "spec.user", value: "", "at least one of user or group must be specified"))
        }
        var extra: [String: [String]] = [:]
        for member in spec?["extra"]?.object ?? [:] {
            extra[member.key] = (member.value.array ?? []).compactMap(\.string)
        }
        return UserInfo(name, uid: spec?["uid"]?.string ?? "", groups: groups, extra: extra)
    }

    /// What the review asks for; exactly one of resource and path.
    private func request(
        of object: KubernetesObject, _ user: UserInfo, _ errors: inout [FieldError]
    ) -> RequestAttributes? {
        func given(_ key: String) -> JSON? {
            guard let json = object.json["spec"]?[key], json.object != nil else { return nil }
            return json
        }
        switch (given("resourceAttributes"), given("nonResourceAttributes")) {
        case (let asked?, nil):
            func text(_ key: String) -> String { asked[key]?.string ?? "" }
            return RequestAttributes(
                user, text("verb"), group: text("group"), version: text("version"), resource: text("resource"),
                subresource: text("subresource"), namespace: text("namespace"), name: text("name"))
        case (nil, let asked?):
            return RequestAttributes(user, asked["verb"]?.string ?? "", path: asked["path"]?.string ?? "")
        case (_?, let asked?):
            errors.append(
                FieldError(
                    .invalid, "spec.nonResourceAttributes", value: asked,
                    "cannot be specified in combination with resourceAttributes"))
        case (nil, nil):
            errors.append(
                FieldError(
                    .invalid, "spec.resourceAttributes", value: .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        return nil
    }
}
