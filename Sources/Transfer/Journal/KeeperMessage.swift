// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
internal import Web
internal import WebClient

/// What a transfer and the keeper of its upload say to each other: pieces of bytes with their length in front, four
/// bytes in big-endian order. A request, then an answer. Both are the same program.
///
/// The bytes of the request's body go through memory that both see, which costs half of what the way through the kernel
/// does. An empty piece wakes the other side where it sleeps because that memory is empty, or full.
enum KeeperMessage {
    /// How many bytes of a body may be on their way.
    static let ringSize = 1024 * 1024

    /// The most bytes of one piece.
    static let pieceLimit = 4 * 1024 * 1024

    /// The length that goes in front of a piece.
    static func header(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } }

    /// The length that a header says; nil when it is not whole.
    static func count(_ header: [UInt8]) -> Int? { header.count == 4 ? header.reduce(0) { $0 << 8 | Int($1) } : nil }

    /// One piece; nil at the end of the input, also in the middle of a piece. Blocks.
    ///
    /// - Parameter next: reads so many bytes, or fewer at the end.
    static func read(_ next: (_ count: Int) throws(Fault) -> [UInt8]) throws(Fault) -> [UInt8]? {
        let header = try next(4)
        guard let count = count(header) else { return nil }
        guard count <= pieceLimit else { throw Fault(.invalid, "a piece for the keeper of an upload is too large") }
        guard count > 0 else { return [] }
        let bytes = try next(count)
        return bytes.count == count ? bytes : nil
    }
}

/// The request that a keeper sends, and what it notes about it.
struct KeptRequest: Sendable {
    var request: HTTPRequest
    let key: UploadKey
    let number: Int64
    let journal: String
    var settings: HTTPClientSettings

    var bytes: [UInt8] {
        let tls = settings.tls(request.url.origin)
        let json: JSON = [
            "method": .string(request.method.name), "url": .string(request.url.description),
            "headers": KeptAnswer.json(request.headers), "registry": .string(key.registry),
            "repository": .string(key.repository), "digest": .string(key.digest.description),
            "number": .number(JSONNumber(number)), "journal": .string(journal),
            "connect": .number(JSONNumber(Int64(settings.connectTimeout / .milliseconds(1)))),
            "idle": .number(JSONNumber(Int64(settings.idleTimeout / .milliseconds(1)))),
            "agent": .string(settings.userAgent), "insecure": .bool(tls.insecureSkipVerify),
            "authority": tls.certificateAuthority.map { .string($0) } ?? .null,
            "certificate": tls.clientCertificatePEM.map { .string($0) } ?? .null,
            "clientKey": tls.clientKeyPEM.map { .string($0) } ?? .null,
        ]
        return json.encoded()
    }

    init(_ request: HTTPRequest, key: UploadKey, number: Int64, journal: String, settings: HTTPClientSettings) {
        (self.request, self.key, self.number, self.journal, self.settings) = (request, key, number, journal, settings)
    }

    init(parsing bytes: [UInt8]) throws(Fault) {
        let json = try JSON(parsing: bytes, source: "a request for the keeper")
        guard let method = json["method"]?.string, let url = json["url"]?.string,
            let registry = json["registry"]?.string, let repository = json["repository"]?.string,
            let digest = json["digest"]?.string, let number = json["number"]?.int,
            let journal = json["journal"]?.string
        else { throw Fault(.invalid, "a request for the keeper of an upload is incomplete") }
        request = HTTPRequest(
            method: HTTPMethod(method), url: try HTTPURL(url), headers: KeptAnswer.headers(json["headers"]))
        key = UploadKey(registry: registry, repository: repository, digest: try Digest(digest))
        (self.number, self.journal, settings) = (number, journal, HTTPClientSettings())
        if let wait = json["connect"]?.int { settings.connectTimeout = .milliseconds(wait) }
        if let wait = json["idle"]?.int { settings.idleTimeout = .milliseconds(wait) }
        if let agent = json["agent"]?.string { settings.userAgent = agent }
        var tls = TLSSettings()
        tls.insecureSkipVerify = json["insecure"]?.bool ?? false
        tls.certificateAuthority = json["authority"]?.string
        tls.clientCertificatePEM = json["certificate"]?.string
        tls.clientKeyPEM = json["clientKey"]?.string
        let (origin, own) = (request.url.origin, tls)
        settings.tls = { $0 == origin ? own : TLSSettings() }
    }
}

/// What came of a kept request.
enum KeptAnswer {
    case response(status: Int, headers: HTTPHeaders, body: [UInt8])
    case failure(Fault)

    var bytes: [UInt8] {
        let json: JSON =
            switch self {
            case .response(let status, let headers, let body):
                [
                    "status": .number(JSONNumber(Int64(status))), "headers": Self.json(headers),
                    "body": .string(body.base64),
                ]
            case .failure(let fault):
                [
                    "code": .string(fault.code.name), "message": .string(fault.message),
                    "fix": fault.fix.map { .string($0) } ?? .null,
                ]
            }
        return json.encoded()
    }

    init(response: HTTPResponse, body: [UInt8]) {
        self = .response(status: response.status, headers: response.headers, body: body)
    }

    init(parsing bytes: [UInt8]) throws(Fault) {
        let json = try JSON(parsing: bytes, source: "the answer of a keeper")
        if let status = json["status"]?.int {
            self = .response(
                status: Int(clamping: status), headers: Self.headers(json["headers"]),
                body: json["body"]?.string.flatMap { [UInt8](base64: $0) } ?? [])
        } else {
            self = .failure(
                Fault(
                    Fault.Code(name: json["code"]?.string ?? "internal"), json["message"]?.string ?? "no answer",
                    fix: json["fix"]?.string))
        }
    }

    static func json(_ headers: HTTPHeaders) -> JSON {
        .array(headers.map { .array([.string($0.name), .string($0.value)]) })
    }

    static func headers(_ json: JSON?) -> HTTPHeaders {
        HTTPHeaders(
            (json?.array ?? []).compactMap { $0.array }.filter { $0.count == 2 }.map {
                ($0[0].string ?? "", $0[1].string ?? "")
            })
    }
}
