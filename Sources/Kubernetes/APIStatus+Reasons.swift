// SPDX-License-Identifier: Apache-2.0

// The reasons and sentences that clients compare or show (kubernetes/apimachinery, api/errors).
extension APIStatus {
    private func about(_ resource: GroupResource, _ name: String?) -> APIStatus {
        var status = self
        status.group = resource.group.isEmpty ? nil : resource.group
        (status.kind, status.name) = (resource.resource, name)
        return status
    }

    /// 404: there is no such object.
    public static func notFound(_ resource: GroupResource, _ name: String) -> APIStatus {
        APIStatus(404, reason: "NotFound", "\(resource) \"\(name)\" not found").about(resource, name)
    }

    /// 404: there is no such resource.
    public static func noResource() -> APIStatus {
        APIStatus(404, reason: "NotFound", "the server could not find the requested resource")
    }

    /// 409: an object has the name.
    public static func alreadyExists(_ resource: GroupResource, _ name: String) -> APIStatus {
        APIStatus(409, reason: "AlreadyExists", "\(resource) \"\(name)\" already exists").about(resource, name)
    }

    /// 409: the object is not the one that the request is about.
    public static func conflict(_ resource: GroupResource, _ name: String, _ why: String) -> APIStatus {
        APIStatus(409, reason: "Conflict", "Operation cannot be fulfilled on \(resource) \"\(name)\": \(why)")
            .about(resource, name)
    }

    /// 409: somebody changed the object meanwhile.
    public static func modified(_ resource: GroupResource, _ name: String) -> APIStatus {
        conflict(
            resource, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// 403: who asks may not.
    public static func forbidden(_ resource: GroupResource, _ name: String?, _ why: String) -> APIStatus {
        let subject = name.map { $0.isEmpty ? "" : " \"\($0)\"" } ?? ""
        return APIStatus(403, reason: "Forbidden", "\(resource)\(subject) is forbidden: \(why)").about(resource, name)
    }

    /// 401: nobody knows who asks.
    public static var unauthorized: APIStatus { APIStatus(401, reason: "Unauthorized", "Unauthorized") }

    /// 422: fields of an object are wrong.
    public static func invalid(_ kind: GroupVersionKind, _ name: String, _ causes: [Cause]) -> APIStatus {
        let all = causes.map { cause in cause.field.map { "\($0): \(cause.message)" } ?? cause.message }
        let list = all.count == 1 ? all[0] : "[\(all.joined(separator: ", "))]"
        let subject = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        var status = APIStatus(422, reason: "Invalid", "\(subject) \"\(name)\" is invalid: \(list)")
        status.group = kind.group.isEmpty ? nil : kind.group
        (status.kind, status.name, status.causes) = (kind.kind, name, causes)
        return status
    }

    /// 400: the request makes no sense.
    public static func badRequest(_ why: String) -> APIStatus { APIStatus(400, reason: "BadRequest", why) }

    /// 405: the resource cannot do that.
    public static func methodNotAllowed() -> APIStatus {
        APIStatus(
            405, reason: "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    /// 406: the client takes none of the forms there are.
    public static func notAcceptable(_ forms: String) -> APIStatus {
        APIStatus(406, reason: "NotAcceptable", "only the following media types are accepted: \(forms)")
    }

    /// 415: the body has a form that is not known.
    public static func unsupportedMediaType(_ forms: String) -> APIStatus {
        APIStatus(
            415, reason: "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: \(forms)")
    }

    /// 410: what changed since then is not known any more.
    public static func expired(_ why: String) -> APIStatus { APIStatus(410, reason: "Expired", why) }

    /// 413: the request has too many bytes.
    public static func tooLarge(_ why: String) -> APIStatus { APIStatus(413, reason: "RequestEntityTooLarge", why) }

    /// 429: come back later.
    public static func tooManyRequests(_ why: String, after seconds: Int = 1) -> APIStatus {
        var status = APIStatus(429, reason: "TooManyRequests", why)
        status.retryAfterSeconds = seconds
        return status
    }

    /// 500: something went wrong that the client cannot help.
    public static func internalError(_ why: String) -> APIStatus {
        var status = APIStatus(500, reason: "InternalError", "Internal error occurred: \(why)")
        status.causes = [Cause(reason: "", why)]
        return status
    }
}
