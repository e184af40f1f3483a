// SPDX-License-Identifier: Apache-2.0

public import Chronology
public import Documents

/// What is kept of one request: who did what, and how it ended; an `Event` of `audit.k8s.io/v1` at the level `Metadata`.
/// Never what was sent or answered, and no credentials.
public struct AuditRecord: Hashable, Sendable {
    /// How far the request was.
    public enum Stage: String, Sendable {
        /// The head of an answer was sent whose body takes long: a watch began.
        case responseStarted = "ResponseStarted"
        /// Nothing more comes.
        case responseComplete = "ResponseComplete"
    }
    /// How far the request was.
    public var stage = Stage.responseComplete
    /// The name of the request, as logs have it and its client is told.
    public var id: String
    /// When the request came.
    public var received: Moment
    /// When it had come so far; nil for when it came.
    public var reached: Moment?
    /// The target, without what may be a secret; see `uri(path:query:)`.
    public var uri: String
    /// What was to be done, where that is not known from `request`: the method in lower case.
    public var verb: String
    /// Who has proved to ask; nil for nobody.
    public var user: UserInfo?
    /// Whom he acted for.
    public var impersonated: UserInfo?
    /// What was asked for; nil when that could not be made out.
    public var request: RequestAttributes?
    /// The name and the uid of the object that came of it, where the request has none.
    public var created: (name: String, uid: String)? {
        get { createdName.map { ($0, createdUID) } }
        set { (createdName, createdUID) = (newValue?.name, newValue?.uid ?? "") }
    }
    private var createdName: String?
    private var createdUID = ""
    /// The address of the other end of the connection; empty when it is not known. What headers say of others is not asked.
    public var source = ""
    /// What the client says it is.
    public var userAgent = ""
    /// The status of the answer.
    public var code = 0
    /// The reason of a refusal: `NotFound`.
    public var failure: String?
    /// Whether it was allowed, and why; nil when it did not come so far.
    public var verdict: AccessVerdict?

    /// A record of a request.
    public init(id: String, verb: String, uri: String, received: Moment) {
        (self.id, self.verb, self.uri, self.received) = (id, verb, uri, received)
    }

    /// The most code points of each text: names in requests are chosen by whoever sends them.
    private static let textLimit = 512
    private static let uriLimit = 2048

    private static func cut(_ text: String, _ limit: Int = textLimit) -> JSON {
        // Scalars and not characters, which may be as long as anybody likes.
        .string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))))
    }

    /// The event without fields that are empty. Of users, `extra` is left out: it may name credentials. Of refusals, the
    /// message is: it may quote what was sent.
    public var json: JSON {
        var json: JSON = [
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": .string(id),
            "stage": .string(stage.rawValue), "requestURI": Self.cut(uri, Self.uriLimit),
            "verb": Self.cut(request?.verb ?? verb), "user": user.map(Self.shown) ?? [:],
        ]
        if let impersonated { json["impersonatedUser"] = Self.shown(impersonated) }
        if !source.isEmpty { json["sourceIPs"] = [.string(source)] }
        if !userAgent.isEmpty { json["userAgent"] = Self.cut(userAgent) }
        if let object { json["objectRef"] = object }
        var status: JSON = ["metadata": [:]]
        if let failure {
            status["status"] = "Failure"
            status["reason"] = Self.cut(failure)
        }
        status["code"] = .number(JSONNumber(Int64(code)))
        json["responseStatus"] = status
        json["requestReceivedTimestamp"] = .string(Self.text(of: received))
        json["stageTimestamp"] = .string(Self.text(of: reached ?? received))
        if let verdict {
            var annotations: JSON = ["authorization.k8s.io/decision": verdict.isAllowed ? "allow" : "forbid"]
            annotations["authorization.k8s.io/reason"] = Self.cut(verdict.reason)
            json["annotations"] = annotations
        }
        return json
    }

    /// What the request is about, unless it is a path of no resource.
    private var object: JSON? {
        guard let request, request.path == nil else { return nil }
        var json: JSON = [:]
        for (key, text) in [
            ("resource", request.resource), ("namespace", request.namespace),
            ("name", request.name.isEmpty ? createdName ?? "" : request.name), ("uid", createdUID),
            ("apiGroup", request.group), ("apiVersion", request.version), ("subresource", request.subresource),
        ] where !text.isEmpty { json[key] = Self.cut(text) }
        return json
    }

    private static func shown(_ user: UserInfo) -> JSON {
        var json: JSON = ["username": cut(user.name)]
        if !user.uid.isEmpty { json["uid"] = cut(user.uid) }
        if !user.groups.isEmpty { json["groups"] = .array(user.groups.prefix(64).map { cut($0) }) }
        return json
    }

    /// RFC 3339 in UTC with microseconds, as `MicroTime` is written.
    private static func text(of moment: Moment) -> String {
        let time = moment.civil()
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        return "\(digits(time.year, 4))-\(digits(time.month, 2))-\(digits(time.day, 2))T\(digits(time.hour, 2))"
            + ":\(digits(time.minute, 2)):\(digits(time.second, 2)).\(digits(time.nanosecond / 1000, 6))Z"
    }

    /// One line, with its end; no value can make a second one.
    public var line: [UInt8] { json.encoded() + [0x0A] }
}
