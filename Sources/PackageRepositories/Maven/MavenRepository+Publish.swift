// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

extension MavenRepository {
    /// Publishes a file of a release with its checksums and a description, and lists the version.
    ///
    /// The version shows up in the list after all files are there, so who follows the list never sees half of it. What was
    /// released stays: the same bytes again are no error, other bytes are a `.conflict`. Checksums are those that Maven
    /// looks for (`.md5`, `.sha1`) and the stronger ones (`.sha256`, `.sha512`). Snapshots are not published.
    ///
    /// - Parameters:
    ///   - pom: the description; when nil the one that is there stays, else one is generated.
    ///   - details: what a generated description says.
    @discardableResult public func publish(
        _ content: PackageContent, as coordinates: MavenCoordinates, pom: [UInt8]? = nil,
        details: MavenPOM.Details = MavenPOM.Details(), time: Timestamp = .now()
    ) async throws -> PublishOutcome {
        guard !coordinates.isSnapshot else {
            throw Fault(
                .unsupported, "\(coordinates) is a snapshot, which is not published",
                fix: "publish under a version without -SNAPSHOT")
        }
        if let pom {
            try MavenPOM(parsing: pom, source: "the description of \(coordinates)").check(describes: coordinates)
        }
        let outcome = try await place(content, coordinates)
        if coordinates.fileExtension != "pom" {
            let description = try coordinates.file("pom")
            let url = try address("\(description.folder)/\(description.fileName())")
            if let pom {
                try await place(PackageContent(pom), description)
            } else if try await !connection.head(url, .maven, thing: "\(description)").exists {
                try await place(PackageContent(MavenPOM.generate(coordinates, details)), description)
            }
        }
        try await list(coordinates, time)
        return outcome
    }

    /// Puts one file and its checksums.
    @discardableResult private func place(
        _ content: PackageContent, _ coordinates: MavenCoordinates
    ) async throws -> PublishOutcome {
        let path = "\(coordinates.folder)/\(coordinates.fileName())"
        let thing = "Maven artifact \(coordinates)"
        let sums = ChecksumRecorder(content)
        let outcome = try await connection.place(
            sums.content, at: address(path), .maven, thing: thing,
            headers: ["Content-Type": coordinates.mediaType])
        try await placeChecksums(try await sums.values(), of: path)
        return outcome
    }

    private func placeChecksums(_ values: [ChecksumKind: String], of path: String) async throws {
        for kind in ChecksumKind.allCases {
            guard let value = values[kind] else { continue }
            let url = try address("\(path).\(kind.rawValue)")
            let there = try await connection.document(url, .maven, limit: Self.checksumLimit)
            if let there, kind.value(in: there.bytes) == value { continue }
            let request = HTTPRequest(
                method: .put, url: url, headers: ["Content-Type": "text/plain"], body: .bytes(Array(value.utf8)))
            let response = try await connection.send(request, .maven)
            guard (200..<300).contains(response.status) else {
                throw await PackageConnection.fault(response, request, "the checksum of \(path)")
            }
        }
    }

    /// Lists the version among those of its artifact.
    private func list(_ coordinates: MavenCoordinates, _ time: Timestamp) async throws {
        let path = "\(coordinates.artifactFolder)/maven-metadata.xml"
        let url = try address(path)
        let written = try await connection.merge(
            at: url, .maven, mediaType: "application/xml", limit: Self.metadataLimit
        ) { bytes throws(Fault) in
            var metadata =
                try bytes.map { bytes throws(Fault) in
                    try MavenMetadata(
                        parsing: bytes, group: coordinates.group, artifact: coordinates.artifact, source: url.redacted)
                } ?? MavenMetadata(group: coordinates.group, artifact: coordinates.artifact)
            return metadata.add(coordinates.version, isSnapshot: false, time: time) ? metadata.encoded() : nil
        }
        if let written { try await placeChecksums(ChecksumHasher.values(of: written), of: path) }
    }
}

extension MavenCoordinates {
    /// The media type of the file, by its extension.
    public var mediaType: String {
        switch fileExtension {
        case "jar", "war", "ear": "application/java-archive"
        case "pom", "xml": "application/xml"
        case "tgz", "tar.gz": "application/gzip"
        case "tar": "application/x-tar"
        case "zip": "application/zip"
        case "json", "module": "application/json"
        default: "application/octet-stream"
        }
    }
}

/// Computes the checksums of a content while it is read for another purpose.
private final class ChecksumRecorder: Sendable {
    private let source: PackageContent
    private let found = Guarded<[ChecksumKind: String]?>(nil)

    init(_ source: PackageContent) { self.source = source }

    /// The content; reading it to its end notes the checksums.
    var content: PackageContent {
        PackageContent(size: source.size) { [self] in
            let stream = try await source.open()
            let pass = ChecksumPass()
            return ByteStream { [self] in
                if let chunk = try await stream.next() {
                    pass.update(chunk)
                    return chunk
                }
                if let values = pass.end() { found.withLock { $0 = values } }
                return nil
            }
        }
    }

    /// The checksums; the content is read when nobody has read all of it yet.
    func values() async throws -> [ChecksumKind: String] {
        if let values = found.withLock({ $0 }) { return values }
        for try await _ in try await content.open() {}
        return found.withLock { $0 } ?? [:]
    }
}

/// One reading of a content.
private final class ChecksumPass: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next; that orders all
    // accesses, and nothing here is reached from elsewhere.
    private var hasher: ChecksumHasher? = ChecksumHasher()

    func update(_ chunk: Chunk) { hasher?.update(chunk) }
    func end() -> [ChecksumKind: String]? { hasher.take()?.finalize() }
}
