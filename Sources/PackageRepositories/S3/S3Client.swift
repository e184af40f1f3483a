// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Web
internal import WebClient

/// Reads and writes objects over the protocol of Amazon S3.
///
/// Every request with a body carries the hash of the body under its signature, so nobody on the way can change it, with
/// TLS or without. Without a credential requests are anonymous.
public struct S3Client: Sendable {
    private let connection: PackageConnection
    private let now: @Sendable () -> Timestamp

    /// The most bytes of an object.
    static let objectLimit: Int64 = 5 << 40

    /// A client.
    ///
    /// - Parameter now: what time signatures carry; services refuse those of another quarter of an hour.
    public init(_ connection: PackageConnection, now: @escaping @Sendable () -> Timestamp = { .now() }) {
        (self.connection, self.now) = (connection, now)
    }

    /// What is known about an object.
    public struct Information: Sendable {
        /// How many bytes it has.
        public let size: Int64?
        /// Its media type.
        public let mediaType: String?
        /// Its version, where the bucket keeps versions.
        public let version: String?
    }

    /// What is known about an object; nil when there is none.
    public func information(_ location: S3Location) async throws -> Information? {
        let response = try await send(.head, location, query: Self.query(location))
        if response.status == 404 { return nil }
        guard response.status == 200 else { throw await fault(response, location, "HEAD") }
        return Information(
            size: response.headers["Content-Length"].flatMap { Int64($0) },
            mediaType: response.headers["Content-Type"], version: response.headers["x-amz-version-id"])
    }

    /// Streams an object, of the version that the location names.
    public func open(_ location: S3Location) async throws -> ByteStream {
        let response = try await send(.get, location, query: Self.query(location))
        guard response.status == 200 else { throw await fault(response, location, "GET") }
        if let wanted = location.version, let found = response.headers["x-amz-version-id"], found != wanted {
            throw Fault(.corrupt, "\(location): the version \(found) came instead of \(wanted)")
        }
        return response.body.limited(to: Self.objectLimit, of: location.description)
    }

    private static func query(_ location: S3Location) -> [(String, String)] {
        location.version.map { [("versionId", $0)] } ?? []
    }

    /// Sends one signed request. Redirects are not followed: a signature is good for one host.
    func send(
        _ method: HTTPMethod, _ location: S3Location, query: [(String, String)] = [],
        headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []
    ) async throws -> HTTPResponse {
        let url = try location.url
        var request = HTTPRequest(
            method: method, url: query.isEmpty ? url : url.appendingQuery(query), headers: headers,
            body: method == .get || method == .head ? .none : .bytes(body))
        if case .accessKey(let id, let secret, let token) = connection.credential(.s3, for: url) {
            let signature = S3Signature(keyID: id, secret: secret, sessionToken: token, region: location.region)
            signature.sign(&request, query: query, payload: Digest(of: body), time: now())
        }
        return try await connection.http.open(request, followingRedirects: false)
    }

    /// What an answer that is no success means; the service's own words stand in its XML.
    func fault(_ response: HTTPResponse, _ location: S3Location, _ what: String) async -> Fault {
        let text = (try? await response.body.collect(limit: 64 * 1024)) ?? []
        let error = try? S3ErrorDocument(parsing: text)
        let said = error.map { ": \($0.code), \($0.message)" } ?? ""
        if let region = response.headers["x-amz-bucket-region"], region != location.region,
            (300..<500).contains(response.status), region.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        {
            return Fault(
                .invalid, "\(location): the bucket is in \(region.prefix(64)), not in \(location.region)",
                fix: "name that region")
        }
        let code: Fault.Code =
            switch response.status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404, 410: .notFound
            case 409, 412: .conflict
            case 429, 500...: .unavailable
            default: .invalid
            }
        let fix: String =
            switch code {
            case .unauthorized, .forbidden: "configure a consumer of type S3 whose key may do this; check the clock"
            case .notFound: "check bucket, key, version and endpoint"
            case .unavailable: "run it again later"
            default: "check bucket, key, region and endpoint"
            }
        return Fault(code, "\(location): \(what) answered \(response.status)\(said)", fix: fix)
    }
}

/// What a service says about a request that failed.
public struct S3ErrorDocument: Sendable {
    /// The kind of failure, such as `NoSuchKey`.
    public let code: String
    /// The reason, for people; at most 300 characters without control characters.
    public let message: String

    /// Reads `<Error>`; throws `.invalid` for anything else.
    public init(parsing bytes: [UInt8]) throws(Fault) {
        let root = try XMLElement(parsing: bytes, source: "the answer")
        guard root.localName == "Error", let code = root["Code"]?.text, !code.isEmpty else {
            throw Fault(.invalid, "the answer is no <Error>")
        }
        self.code = Self.plain(code, 100)
        message = Self.plain(root["Message"]?.text ?? "", 300)
    }

    private static func plain(_ text: String, _ limit: Int) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(limit)))
    }
}
