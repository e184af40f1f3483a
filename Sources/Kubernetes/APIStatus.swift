// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// What a server answers when it does not answer with an object: `kind: Status`. As an error it is why a request failed.
public struct APIStatus: Error, Hashable, Sendable, CustomStringConvertible {
    /// One of the things that are wrong.
    public struct Cause: Hashable, Sendable {
        /// What kind of thing, such as `FieldValueRequired`.
        public let reason: String
        /// What is wrong, for people.
        public let message: String
        /// Where in the object, such as `spec.ports[0].name`.
        public let field: String?

        /// A cause with its fields.
        public init(reason: String, _ message: String, field: String? = nil) {
            (self.reason, self.message, self.field) = (reason, message, field)
        }
    }

    /// The status of the HTTP answer.
    public var code: Int
    /// Why, as one word that programs compare; empty for success.
    public var reason: String
    /// Why, for people.
    public var message: String
    /// The name of the object in question.
    public var name: String?
    /// The group of the resource in question.
    public var group: String?
    /// The resource in question, or its kind.
    public var kind: String?
    /// Which object of that name.
    public var uid: String?
    /// Each thing that is wrong.
    public var causes: [Cause] = []
    /// After how many seconds to try again.
    public var retryAfterSeconds: Int?

    /// A status with its main fields.
    public init(_ code: Int, reason: String, _ message: String) {
        (self.code, self.reason, self.message) = (code, reason, message)
    }

    /// Whether it says that something went well.
    public var isSuccess: Bool { code < 400 }

    /// The sentence, for logs.
    public var description: String { message }

    /// As the server sends it.
    public var json: JSON {
        var details = JSONObject()
        details["name"] = name.map { .string($0) }
        details["group"] = group.flatMap { $0.isEmpty ? nil : .string($0) }
        details["kind"] = kind.map { .string($0) }
        details["uid"] = uid.map { .string($0) }
        if !causes.isEmpty {
            details["causes"] = .array(
                causes.map { cause in
                    var json: JSON = ["reason": .string(cause.reason), "message": .string(cause.message)]
                    if let field = cause.field { json["field"] = .string(field) }
                    return json
                })
        }
        details["retryAfterSeconds"] = retryAfterSeconds.map { .number(JSONNumber(Int64($0))) }
        var json: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": isSuccess ? "Success" : "Failure",
        ]
        if !message.isEmpty { json["message"] = .string(message) }
        if !reason.isEmpty { json["reason"] = .string(reason) }
        if !details.isEmpty { json["details"] = .object(details) }
        json["code"] = .number(JSONNumber(Int64(code)))
        return json
    }

    /// Reads what a server sent; nil when it is no status.
    public init?(_ json: JSON) {
        guard json["kind"]?.string == "Status", let status = json["status"]?.string ?? json["reason"]?.string else {
            return nil
        }
        self.init(
            Int(json["code"]?.int ?? (status == "Success" ? 200 : 500)), reason: json["reason"]?.string ?? "",
            json["message"]?.string ?? "")
        let details = json["details"]
        (name, group, kind) = (details?["name"]?.string, details?["group"]?.string, details?["kind"]?.string)
        (uid, retryAfterSeconds) = (details?["uid"]?.string, details?["retryAfterSeconds"]?.int.map { Int($0) })
        causes = (details?["causes"]?.array ?? []).map {
            Cause(
                reason: $0["reason"]?.string ?? "", $0["message"]?.string ?? "", field: $0["field"]?.string)
        }
    }
}

extension Fault {
    /// What a server's refusal means to those who know nothing of Kubernetes.
    public init(_ status: APIStatus) {
        let code: Fault.Code =
            switch status.reason {
            case "NotFound": .notFound
            case "AlreadyExists", "Conflict": .conflict
            case "Invalid", "BadRequest": .invalid
            case "Unauthorized": .unauthorized
            case "Forbidden": .forbidden
            case "Expired", "Gone", "Timeout", "ServerTimeout", "ServiceUnavailable", "TooManyRequests": .unavailable
            case "RequestEntityTooLarge": .limitExceeded
            default: status.code >= 500 ? .unavailable : .invalid
            }
        self.init(
            code, status.message.isEmpty ? "the API server answered with \(status.code)" : status.message, cause: status
        )
    }
}
