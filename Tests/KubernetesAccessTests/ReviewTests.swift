// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesAccess
import Testing

@Suite("Reviews") struct ReviewTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let reviews = AccessReviews(
        RBACAuthorizer([
            AccessObjects.role(
                "r", [RoleRule(["get"], groups: [""], resources: ["pods"]), RoleRule(["get"], paths: ["/x"])]),
            AccessObjects.binding("local", in: "n", to: "r", ["User:z"]),
            AccessObjects.binding("wide", to: "r", ["Group:g"]),
            AccessObjects.binding("gone", to: "gone", ["User:lost"]),
        ]))

    static func review(_ kind: String, _ spec: String, group: String = "authorization") throws -> KubernetesObject {
        var object = KubernetesObject(
            unchecked: ["apiVersion": .string("\(group).k8s.io/v1"), "kind": .string(kind), "metadata": [:]])
        object.json["spec"] = try JSON(parsing: Array(spec.utf8), source: "spec")
        return object
    }

    static func refusal(_ body: () throws -> Void) -> APIStatus? {
        do { try body() } catch { return error as? APIStatus }
        return nil
    }

    @Test(
        "of access answer with the verdict, for oneself and for others",
        arguments: [
            (#""resourceAttributes":{"namespace":"n","verb":"get","resource":"pods"}"#, true),
            (#""resourceAttributes":{"namespace":"m","verb":"get","resource":"pods"}"#, false),
            (#""resourceAttributes":{"namespace":"n","verb":"list","resource":"pods"}"#, false),
            (#""resourceAttributes":{"namespace":"n","verb":"get","resource":"pods","group":"apps"}"#, false),
            (#""resourceAttributes":{"namespace":"n","verb":"get","resource":"pods","subresource":"log"}"#, false),
            (#""resourceAttributes":{"namespace":"n","verb":"*","resource":"*","group":"*"}"#, false),
            (#""resourceAttributes":{}"#, false), (#""nonResourceAttributes":{"path":"/x","verb":"get"}"#, false),
        ]) func access(attributes: String, isAllowed: Bool) throws
    {
        let own = try Self.reviews.selfSubjectAccessReview(
            Self.review("SelfSubjectAccessReview", "{\(attributes)}"), user: UserInfo("z"))
        #expect(own.json["status"]?["allowed"] == .bool(isAllowed))
        #expect((own.json["status"]?["reason"] != nil) == isAllowed)
        let other = try Self.reviews.subjectAccessReview(
            Self.review("SubjectAccessReview", #"{"user":"z","groups":["h"],\#(attributes)}"#))
        #expect(other.json["status"] == own.json["status"])
        let group = try Self.reviews.subjectAccessReview(
            Self.review("SubjectAccessReview", #"{"groups":["g"],\#(attributes)}"#))
        #expect(
            group.json["status"]?["allowed"]
                == .bool(isAllowed || attributes.contains(#""m""#) || attributes.contains("/x")))
    }

    @Test("of access that ask for nothing, or for two things, are refused") func badAccess() throws {
        let one = #""resourceAttributes":{"verb":"get","resource":"pods"}"#,
            two = #""nonResourceAttributes":{"path":"/"}"#
        for spec in ["{}", "{\(one),\(two)}", #"{"resourceAttributes":"x"}"#] {
            let status = Self.refusal {
                _ = try Self.reviews.selfSubjectAccessReview(
                    Self.review("SelfSubjectAccessReview", spec), user: UserInfo("z"))
            }
            #expect(status?.code == 422 && status?.reason == "Invalid", "\(spec)")
        }
        let nobody = Self.refusal {
            _ = try Self.reviews.subjectAccessReview(Self.review("SubjectAccessReview", "{\(one)}"))
        }
        #expect(
            nobody?.message
                == #"SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified"#
        )
    }

    @Test("of local access stay in their namespace") func local() throws {
        func answer(_ place: String, _ spec: String) throws -> JSON? {
            try Self.reviews.localSubjectAccessReview(
                Self.review("LocalSubjectAccessReview", spec), namespace: place
            ).json["status"]?["allowed"]
        }
        let spec = #"{"user":"z","resourceAttributes":{"namespace":"n","verb":"get","resource":"pods"}}"#
        #expect(try answer("n", spec) == true)
        #expect(Self.refusal { _ = try answer("m", spec) }?.code == 422)
        #expect(
            Self.refusal { _ = try answer("n", #"{"user":"z","nonResourceAttributes":{"path":"/x","verb":"get"}}"#) }?
                .code == 422)
        #expect(
            Self.refusal {
                _ = try answer("n", #"{"user":"z","resourceAttributes":{"verb":"get","resource":"pods"}}"#)
            }?.code == 422)
    }

    @Test("of rules list what one may do") func rules() throws {
        let object = try Self.review("SelfSubjectRulesReview", #"{"namespace":"n"}"#)
        let answer = try Self.reviews.selfSubjectRulesReview(object, user: UserInfo("z"))
        #expect(
            answer.json["status"]?.text()
                == #"{"resourceRules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}],"nonResourceRules":[{"verbs":["get"],"nonResourceURLs":["/x"]}],"incomplete":false}"#
        )
        let lost = try Self.reviews.selfSubjectRulesReview(object, user: UserInfo("lost"))
        #expect(lost.json["status"]?["incomplete"] == true)
        #expect(lost.json["status"]?["evaluationError"] == #"clusterrole.rbac.authorization.k8s.io "gone" not found"#)
        let bare = try Self.review("SelfSubjectRulesReview", "{}")
        #expect(Self.refusal { _ = try Self.reviews.selfSubjectRulesReview(bare, user: UserInfo("z")) }?.code == 400)
    }

    @Test("of oneself tell who one is") func whoAmI() throws {
        let user = UserInfo("z", uid: "1", groups: ["g"])
        let answer = TokenReviews.selfSubjectReview(
            try Self.review("SelfSubjectReview", "{}", group: "authentication"), user: user)
        #expect(answer.json["status"]?["userInfo"] == user.json)
    }

    static let account = ServiceAccountIdentity(namespace: "ns", name: "acc", uid: "uid-1")

    static func tokens(_ folder: TemporaryFolder) throws -> TokenReviews {
        var authenticator = RequestAuthenticator()
        authenticator.serviceAccounts = try ServiceAccountTokens(
            keyFile: "\(folder.path)/key", issuer: "i", audiences: ["api"], isCurrent: { $0.account == Self.account })
        authenticator.tokens = try TokenFile(parsing: Array("0123456789abcdef,file,1\n".utf8), source: "file")
        return TokenReviews(authenticator)
    }

    @Test("of tokens tell whose they are, and for whom") func tokenReviews() throws {
        let folder = try TemporaryFolder(), reviews = try Self.tokens(folder)
        let request = try Self.review(
            "TokenRequest", #"{"audiences":["vault","api"],"expirationSeconds":700}"#, group: "authentication")
        let made = try reviews.tokenRequest(request, for: Self.account, at: Self.now) { _, _ in nil }
        #expect(made.json["status"]?["expirationTimestamp"] == "2027-01-15T08:11:40Z")
        let token = made.json["status"]?["token"]?.string ?? ""
        func status(_ token: String, _ audiences: String = "[]", _ time: Timestamp = Self.now) throws -> JSON? {
            let review = try Self.review(
                "TokenReview", #"{"token":"\#(token)","audiences":\#(audiences)}"#, group: "authentication")
            return try reviews.tokenReview(review, at: time).json["status"]
        }
        #expect(try status(token)?["authenticated"] == true)
        #expect(try status(token)?["user"]?["username"] == "system:serviceaccount:ns:acc")
        #expect(try status(token, #"["vault","other"]"#)?["audiences"] == ["vault"])
        let foreign = try status(token, #"["other"]"#)
        #expect(foreign?["authenticated"] == false && foreign?["error"] != nil && foreign?["user"] == [:])
        #expect(try status(token, "[]", Timestamp(seconds: Self.now.seconds + 700))?["authenticated"] == false)
        #expect(try status("0123456789abcdef")?["user"]?["username"] == "file")
        #expect(try status("0123456789abcdef", #"["other"]"#)?["authenticated"] == false)
        #expect(try status("0123456789abcdefg")?["authenticated"] == false)
        #expect(Self.refusal { _ = try status("") }?.code == 400)
    }

    @Test("that ask for tokens are held to their limits and to what is there") func tokenRequests() throws {
        let folder = try TemporaryFolder(), reviews = try Self.tokens(folder)
        func status(_ spec: String) -> (APIStatus?, JSON?) {
            do {
                let request = try Self.review("TokenRequest", spec, group: "authentication")
                return (
                    nil,
                    try reviews.tokenRequest(request, for: Self.account, at: Self.now) { kind, name in
                        guard name == "there" else { return nil }
                        return .init(uid: "uid-2", serviceAccount: kind == .pod ? "acc" : nil)
                    }.json
                )
            } catch { return (error as? APIStatus, nil) }
        }
        #expect(status("{}").1?["spec"] == ["audiences": ["api"], "expirationSeconds": 3600])
        #expect(
            status(#"{"expirationSeconds":599}"#).0?.message.contains("may not specify a duration less than 10 minutes")
                == true)
        #expect(status(#"{"expirationSeconds":4294967297}"#).0?.code == 422)
        #expect(status(#"{"audiences":[""]}"#).0?.code == 400)
        for (reference, code) in [
            (#"{"kind":"Pod","apiVersion":"v1","name":"there"}"#, nil),
            (#"{"kind":"Secret","apiVersion":"v1","name":"there","uid":"uid-2"}"#, nil),
            (#"{"kind":"Pod","apiVersion":"v1","name":"gone"}"#, 404), (#"{"kind":"Pod","apiVersion":"v1"}"#, 404),
            (#"{"kind":"Secret","apiVersion":"v1","name":"there","uid":"other"}"#, 409),
            (#"{"kind":"Node","apiVersion":"v1","name":"there"}"#, 400),
            (#"{"kind":"Pod","apiVersion":"apps/v1","name":"there"}"#, 400),
        ] as [(String, Int?)] {
            #expect(status(#"{"boundObjectRef":\#(reference)}"#).0?.code == code, "\(reference)")
        }
        let other = ServiceAccountIdentity(namespace: "ns", name: "other", uid: "u")
        let request = try Self.review(
            "TokenRequest", #"{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"there"}}"#)
        let refused = Self.refusal {
            _ = try reviews.tokenRequest(request, for: other, at: Self.now) { _, _ in
                .init(uid: "u", serviceAccount: "acc")
            }
        }
        #expect(refused?.code == 400)
    }
}
