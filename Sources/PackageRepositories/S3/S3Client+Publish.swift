// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
internal import Web

extension S3Client {
    /// The bytes of one part: what is in memory at a time.
    static let partSize = 8 << 20
    /// How many parts an object may have.
    static let partLimit = 10_000
    /// The largest part that is kept in memory.
    static let largestPart = 64 << 20

    /// What came of writing an object.
    public struct Written: Sendable {
        /// Whether it was there before.
        public let outcome: PublishOutcome
        /// Its version, where the bucket keeps versions.
        public let version: String?
    }

    /// Writes an object: in one request up to 8 MiB, in parts above.
    ///
    /// An object of that key with the same bytes is left as it is, with other bytes it is a `.conflict` unless replacing
    /// is asked for. Nothing becomes visible when the content breaks off or has another digest: the parts are given up.
    /// Up to 625 GiB, or 156 GiB when nobody knows the size beforehand; memory holds two parts and no more.
    public func publish(
        _ content: PackageContent, at location: S3Location, mediaType: String, digest: Digest? = nil,
        replacing: Bool = false
    ) async throws -> Written {
        guard location.version == nil else {
            throw Fault(
                .invalid, "\(location): a version cannot be chosen for what is written", fix: "leave the version out")
        }
        var outcome = PublishOutcome.published
        if let there = try await information(location) {
            if try await holds(content, location, there.size) {
                return Written(outcome: .alreadyThere, version: there.version)
            }
            guard replacing else {
                throw Fault(
                    .conflict, "\(location) holds other content already, which is not written over",
                    fix: "use another key")
            }
            outcome = .replaced
        }
        if let size = content.size, size > Int64(Self.largestPart) * Int64(Self.partLimit) {
            throw Fault(.limitExceeded, "\(location): \(ByteCount(size)) are more than can be sent in parts")
        }
        var stream = try await content.openToSend()
        if let digest { stream = stream.verified(digest: digest, size: content.size, of: location.description) }
        var parts = PartReader(stream, size: Self.partSize(for: content.size))
        let first = try await parts.next() ?? []
        // Only where nothing was: someone else may have written meanwhile.
        let condition: HTTPHeaders = outcome == .published ? ["If-None-Match": "*"] : [:]
        guard let second = try await parts.next() else {
            let response = try await sendOnCondition(
                .put, location, condition: condition, mediaType: mediaType, body: first)
            if response.status == 412, try await holds(content, location, nil) {
                // A first try has come through, though its answer has not.
                return Written(outcome: .alreadyThere, version: try await information(location)?.version)
            }
            guard response.status == 200 else { throw await fault(response, location, "PUT") }
            return Written(outcome: outcome, version: response.headers["x-amz-version-id"])
        }
        let upload = try await begin(location, mediaType)
        do {
            let version = try await sendParts([first, second], &parts, upload, location, condition)
            return Written(outcome: outcome, version: version)
        } catch {
            // Parts that nobody finishes would be kept and paid for; a task of its own, since this one may be cancelled.
            await Task { _ = try? await send(.delete, location, query: [("uploadId", upload)]) }.value
            throw error
        }
    }

    /// Parts that fit into the limit; larger ones when nobody knows how many bytes come.
    private static func partSize(for size: Int64?) -> Int {
        guard let size else { return 2 * partSize }
        let needed = Int((size + Int64(partLimit) - 1) / Int64(partLimit))
        return max(partSize, needed)
    }

    private func begin(_ location: S3Location, _ mediaType: String) async throws -> String {
        let response = try await send(
            .post, location, query: [("uploads", "")], headers: ["Content-Type": mediaType])
        guard response.status == 200 else { throw await fault(response, location, "POST") }
        let bytes = try await response.body.collect(limit: 64 * 1024, of: "the answer for \(location)")
        let root = try XMLElement(parsing: bytes, source: "the answer for \(location)")
        guard root.localName == "InitiateMultipartUploadResult", let id = root["UploadId"]?.text, !id.isEmpty else {
            throw Fault(.invalid, "\(location): the service began no upload", fix: "check the endpoint")
        }
        return id
    }

    private func sendParts(
        _ first: [[UInt8]], _ rest: inout PartReader, _ upload: String, _ location: S3Location, _ condition: HTTPHeaders
    ) async throws -> String? {
        var tags: [String] = []
        for part in first { tags.append(try await send(part, tags.count + 1, upload, location)) }
        while let part = try await rest.next() {
            guard tags.count < Self.partLimit else {
                throw Fault(.limitExceeded, "\(location): the content has more than \(Self.partLimit) parts")
            }
            tags.append(try await send(part, tags.count + 1, upload, location))
        }
        let list = XMLElement(
            "CompleteMultipartUpload",
            tags.enumerated().map { index, tag in
                XMLElement(
                    "Part", [XMLElement("PartNumber", text: "\(index + 1)"), XMLElement("ETag", text: tag)])
            })
        let response = try await sendOnCondition(
            .post, location, query: [("uploadId", upload)], condition: condition, mediaType: "application/xml",
            body: list.encoded())
        guard response.status == 200 else { throw await fault(response, location, "POST") }
        // A service may answer 200 before it knows, and tell of a failure in the body.
        let bytes = try await response.body.collect(limit: 64 * 1024, of: "the answer for \(location)")
        let root = try XMLElement(parsing: bytes, source: "the answer for \(location)")
        // The element's name differs between services; the tag of the whole object is there when there is one.
        guard root.localName != "Error", root["ETag"] != nil else {
            let error = try? S3ErrorDocument(parsing: bytes)
            throw Fault(
                .unavailable, "\(location): the parts were not joined: \(error?.code ?? String(root.localName))",
                fix: "run it again")
        }
        return response.headers["x-amz-version-id"]
    }

    /// Sends what must not write over anything; without the condition where a service does not know it (501).
    private func sendOnCondition(
        _ method: HTTPMethod, _ location: S3Location, query: [(String, String)] = [], condition: HTTPHeaders,
        mediaType: String, body: [UInt8]
    ) async throws -> HTTPResponse {
        var headers = condition
        headers["Content-Type"] = mediaType
        let response = try await send(method, location, query: query, headers: headers, body: body)
        guard response.status == 501, !condition.isEmpty else { return response }
        return try await send(method, location, query: query, headers: ["Content-Type": mediaType], body: body)
    }

    private func send(_ part: [UInt8], _ number: Int, _ upload: String, _ location: S3Location) async throws -> String {
        let response = try await send(
            .put, location, query: [("partNumber", "\(number)"), ("uploadId", upload)], body: part)
        guard response.status == 200, let tag = response.headers["ETag"] else {
            throw await fault(response, location, "PUT of part \(number)")
        }
        return tag
    }

    private func holds(_ content: PackageContent, _ location: S3Location, _ size: Int64?) async throws -> Bool {
        if let wanted = content.size, let size, wanted != size { return false }
        let ours = try await content.digest()
        var hasher = DigestHasher()
        for try await chunk in try await open(location) { hasher.update(chunk) }
        return hasher.finalize() == ours
    }
}

/// Cuts a stream into pieces of one size; the last may be shorter.
private struct PartReader {
    private let stream: ByteStream
    private let size: Int
    private var held: Chunk = []

    init(_ stream: ByteStream, size: Int) { (self.stream, self.size) = (stream, size) }

    /// The next piece; nil at the end.
    mutating func next() async throws -> [UInt8]? {
        var part: [UInt8] = []
        part.reserveCapacity(size)
        while part.count < size {
            if held.isEmpty {
                guard let chunk = try await stream.next() else { break }
                held = chunk
            }
            let taken = held.prefix(size - part.count)
            part += taken
            held = held.dropFirst(taken.count)
        }
        return part.isEmpty ? nil : part
    }
}
