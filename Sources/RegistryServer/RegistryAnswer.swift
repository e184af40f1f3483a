// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Registry
internal import Web
internal import WebServer

/// Answers in the form of the distribution API.
enum RegistryAnswer {
    /// Clients of Docker's look for it at every answer.
    static let version = ("Docker-Distribution-API-Version", "registry/2.0")

    /// An error (distribution specification, “Error Codes”). The message is shown to the client; faults of other kinds
    /// than the registry's own are not, since they may name paths.
    static func error(_ fault: Fault) -> ServerResponse {
        let status = status(of: fault.code)
        if fault.code == .diskFull {
            return error(
                status, code: Fault.Code.noSpace.name, "the disk of the registry is full",
                fix: "ask its operator to collect garbage or to add space")
        }
        guard status != 500 else { return error(500, code: "UNKNOWN", "the registry failed") }
        return error(status, code: fault.code.name, fault.message, fix: fault.fix)
    }

    /// An error with a status, a code and a sentence.
    static func error(_ status: Int, code: String, _ message: String, fix: String? = nil) -> ServerResponse {
        var entry: JSONObject = ["code": .string(code), "message": .string(message)]
        if let fix { entry["detail"] = ["fix": .string(fix)] }
        return json(status, ["errors": .array([.object(entry)])])
    }

    /// A document.
    static func json(_ status: Int, _ json: JSON, mediaType: String = "application/json") -> ServerResponse {
        ServerResponse(
            status: status, headers: fields([("Content-Type", mediaType)]), body: .bytes(json.encoded()))
    }

    /// No more than fields.
    static func empty(_ status: Int, _ fields: [(String, String)] = []) -> ServerResponse {
        ServerResponse(status: status, headers: Self.fields(fields))
    }

    /// Fields, and those of every answer: what is served is data from elsewhere, which no browser should take for a page.
    static func fields(_ fields: [(String, String)]) -> HTTPHeaders {
        HTTPHeaders(fields + [version, ("X-Content-Type-Options", "nosniff")])
    }

    static func status(of code: Fault.Code) -> Int {
        switch code {
        case .blobUnknown, .blobUploadUnknown, .manifestUnknown, .nameUnknown: 404
        case .digestInvalid, .manifestBlobUnknown, .manifestInvalid, .nameInvalid, .invalid: 400
        case .blobUploadInvalid: 416
        case .sizeInvalid: 413
        case .denied, .unverified: 403
        case .tooManyRequests: 429
        case .inUse: 409
        case .operationUnsupported: 405
        case .noSpace, .diskFull: 507
        case .unavailable: 503
        default: 500
        }
    }

    /// A page's successor (RFC 8288), by the last entry of this one.
    static func link(_ path: String, _ items: [(String, String)]) -> (String, String) {
        let query = items.map { "\($0.0)=\(HTTPURL.encode($0.1))" }.joined(separator: "&")
        return ("Link", "<\(path)?\(query)>; rel=\"next\"")
    }
}

/// How many entries of a list a client asks for, and behind which.
struct ListQuery: Sendable {
    let last: String?
    let count: Int
    /// The most entries of one page, whatever is asked for.
    static let limit = 1000

    /// Reads `n` and `last`; throws a fault that is answered with 400.
    init(_ query: RequestQuery) throws(Fault) {
        last = query["last"]
        guard let text = query["n"] else {
            count = Self.limit
            return
        }
        guard let number = Int(text), number >= 0 else {
            throw Fault(.invalid, "“n” is no count", fix: "give a number from 0 on")
        }
        count = min(number, Self.limit)
    }
}
