// SPDX-License-Identifier: Apache-2.0

import Chronology
import Documents
import KubernetesAccess
import Testing

@Suite("Audit records") struct AuditRecordTests {
    private static let moment = Moment(seconds: 1_767_323_045, nanoseconds: 1_234_999)!

    private static func record(_ uri: String = "/api") -> AuditRecord {
        AuditRecord(id: "00ff", verb: "get", uri: uri, received: moment)
    }

    @Test("are events of audit.k8s.io/v1") func event() throws {
        var record = Self.record("/apis/apps/v1/namespaces/n/deployments?dryRun=All")
        record.user = UserInfo("anna", uid: "7", groups: ["a", "b"])
        record.impersonated = UserInfo("bot")
        var request = RequestAttributes(
            UserInfo("bot"), "create", group: "apps", version: "v1", resource: "deployments", subresource: "status",
            namespace: "n")
        (record.request, record.created) = (request, ("d", "uid-1"))
        (record.source, record.userAgent, record.code) = ("::1", "kubectl/v1", 201)
        record.reached = Moment(seconds: Self.moment.seconds + 1)
        record.verdict = AccessVerdict(isAllowed: true, reason: "why")
        #expect(
            try JSON(parsing: record.line, source: "line")
                == [
                    "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "00ff",
                    "stage": "ResponseComplete", "requestURI": "/apis/apps/v1/namespaces/n/deployments?dryRun=All",
                    "verb": "create", "user": ["username": "anna", "uid": "7", "groups": ["a", "b"]],
                    "impersonatedUser": ["username": "bot"], "sourceIPs": ["::1"], "userAgent": "kubectl/v1",
                    "objectRef": [
                        "resource": "deployments", "namespace": "n", "name": "d", "uid": "uid-1", "apiGroup": "apps",
                        "apiVersion": "v1", "subresource": "status",
                    ], "responseStatus": ["metadata": [:], "code": 201],
                    "requestReceivedTimestamp": "2026-01-02T03:04:05.001234Z",
                    "stageTimestamp": "2026-01-02T03:04:06.000000Z",
                    "annotations": [
                        "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "why",
                    ],
                ])
        request.name = "named"
        record.request = request
        #expect(record.json["objectRef"]?["name"] == "named")
        (record.code, record.failure, record.verdict) = (403, "Forbidden", AccessVerdict(isAllowed: false))
        #expect(
            record.json["responseStatus"]
                == ["metadata": [:], "status": "Failure", "reason": "Forbidden", "code": 403])
        #expect(record.json["annotations"]?["authorization.k8s.io/decision"] == "forbid")
    }

    @Test("of nobody and of nothing known are events as well") func unknown() throws {
        let json = Self.record().json
        #expect(json["user"] == [:] && json["verb"] == "get" && json["objectRef"] == nil)
        #expect(json["annotations"] == nil && json["sourceIPs"] == nil)
    }

    @Test("are one line each, whatever is in them, hold no credentials and are bounded") func line() throws {
        let forged = "z\n{\"kind\":\"Event\"}\r\n\u{2028}\u{0}"
        var record = Self.record("/x")
        record.user = UserInfo(
            forged, groups: [forged], extra: ["authentication.kubernetes.io/credential-id": ["JTI=secret"]])
        record.request = RequestAttributes(
            UserInfo(forged), "get", group: forged, resource: forged, namespace: forged, name: forged)
        (record.userAgent, record.failure) = (forged, forged)
        record.created = (forged, forged)
        let line = record.line
        #expect(line.filter { $0 == 0x0A || $0 == 0x0D || $0 == 0 }.count == 1 && line.last == 0x0A)
        let json = try JSON(parsing: line, source: "line")
        #expect(json["user"]?["username"]?.string == forged && json["objectRef"]?["name"]?.string == forged)
        #expect(!json.text().contains("secret"))
        for long in [String(repeating: "x", count: 100_000), "x" + String(repeating: "\u{301}", count: 100_000)] {
            var record = Self.record(long)
            record.user = UserInfo(long, uid: long, groups: Array(repeating: long, count: 3))
            (record.userAgent, record.failure) = (long, long)
            record.request = RequestAttributes(UserInfo(long), "get", resource: long, namespace: long, name: long)
            #expect(record.line.count < 20_000)
        }
    }

    @Test(
        "name what was asked for without what may be a secret",
        arguments: [
            ("/api/v1/pods", [("watch", "true"), ("limit", "5")], "/api/v1/pods?watch=true&limit=5"),
            ("/api/v1/pods", [("labelSelector", "a in (b,c)")], "/api/v1/pods?labelSelector=a%20in%20%28b,c%29"),
            ("/x", [("access_token", "geheim"), ("Watch", "geheim")], "/x?access_token=redacted&Watch=redacted"),
            ("/x/exec", [("command", "geheim"), ("container", "c")], "/x/exec?command=redacted&container=c"),
            ("/a b/\n\"ü", [("x\n&y", "geheim")], "/a%20b/%0A%22%C3%BC?x%0A%26y=redacted"),
            ("/roles/system:node", [], "/roles/system:node"),
        ] as [(String, [(String, String)], String)])
    func uri(_ path: String, _ query: [(String, String)], _ expected: String) {
        #expect(AuditRecord.uri(path: path, query: query.map { (name: $0.0, value: $0.1) }) == expected)
    }
}
