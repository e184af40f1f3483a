// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import Web

extension APIStatus {
    /// The most bytes of a refusal that are read.
    static let limit = 256 * 1024

    /// What an answer of 400 and above means, whatever it holds: a status, a text, a page of a proxy, nothing.
    static func refusal(_ status: Int, headers: HTTPHeaders, body: [UInt8], of request: APIRequest) -> APIStatus {
        var refusal: APIStatus
        if let json = try? JSON(parsing: body, source: "the answer"), let read = APIStatus(json), !read.isSuccess {
            refusal = read
            // Programs branch on the code; one that the body lacks or contradicts is the one of the answer.
            refusal.code = status
            if refusal.reason.isEmpty { refusal.reason = reason(status, request.method) }
        } else {
            refusal = APIStatus(status, reason: reason(status, request.method), sentence(status, request))
            let type = headers["Content-Type"] ?? ""
            if type.hasPrefix("text/plain"), let text = excerpt(body) { refusal.message += ": \(text)" }
        }
        if refusal.retryAfterSeconds == nil, let seconds = headers["Retry-After"].flatMap({ Int($0.trimmed) }),
            seconds >= 0
        {
            refusal.retryAfterSeconds = seconds
        }
        return refusal
    }

    /// The reason that goes with a status (kubernetes/apimachinery, metav1.StatusReason).
    private static func reason(_ status: Int, _ method: HTTPMethod) -> String {
        switch status {
        case 400: "BadRequest"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 405: "MethodNotAllowed"
        case 406: "NotAcceptable"
        case 409: method == .post ? "AlreadyExists" : "Conflict"
        case 410: "Gone"
        case 413: "RequestEntityTooLarge"
        case 415: "UnsupportedMediaType"
        case 422: "Invalid"
        case 429: "TooManyRequests"
        case 500: "InternalError"
        case 503: "ServiceUnavailable"
        case 504: "Timeout"
        default: ""
        }
    }

    private static func sentence(_ status: Int, _ request: APIRequest) -> String {
        switch status {
        case 401: "the server has asked for credentials, or does not accept ours"
        case 403: "the server does not allow \(request)"
        case 404: "the server could not find the requested resource (\(request))"
        case 429: "the server has too many requests and asks to come back later (\(request))"
        case 503: "the server cannot handle \(request) now"
        default: "the server answers \(request) with \(status)"
        }
    }

    /// The beginning of a text, on one line.
    private static func excerpt(_ body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(400), as: UTF8.self).trimmed
        let line = text.prefix { !$0.isNewline }.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        let shown = String(String.UnicodeScalarView(line.prefix(200)))
        return shown.isEmpty ? nil : shown
    }

    /// Whether what was asked for is too old to be told: then one starts anew with a list.
    var isExpired: Bool { code == 410 || reason == "Expired" || reason == "Gone" }
}
