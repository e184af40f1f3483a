// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

extension MavenRepository {
    /// Publishes a file with its checksums and a description, and lists the version.
    ///
    /// The version shows up in the list after all files are there, so who follows the list never sees half of it. What was
    /// released stays: the same bytes again are no error, other bytes are a `.conflict`. Of a snapshot other bytes become
    /// its next build. Checksums are those that Maven looks for (`.md5`, `.sha1`) and the stronger ones (`.sha256`,
    /// `.sha512`).
    ///
    /// - Parameters:
    ///   - pom: the description; when nil the one that is there stays, else one is generated.
    ///   - details: what a generated description says.
    /// - Returns: what was published, of a snapshot the build that it became, and what came of it.
    @discardableResult public func publish(
        _ content: PackageContent, as coordinates: MavenCoordinates, pom: [UInt8]? = nil,
        details: MavenPOM.Details = MavenPOM.Details(), time: Timestamp = .now()
    ) async throws -> (coordinates: MavenCoordinates, outcome: PublishOutcome) {
        guard !coordinates.isSnapshotBuild else {
            throw Fault(
                .invalid, "\(coordinates) names one build of a snapshot, and the repository counts these",
                fix: "publish as \(coordinates.baseVersion)")
        }
        if let pom {
            try MavenPOM(parsing: pom, source: "the description of \(coordinates)").check(describes: coordinates)
        }
        guard !coordinates.isSnapshot else {
            return try await publishSnapshot(content, coordinates, pom, details, time)
        }
        let outcome = try await place(content, coordinates).outcome
        if coordinates.fileExtension != "pom" {
            let description = try coordinates.file("pom")
            let url = try address(description.path)
            if let pom {
                try await place(PackageContent(pom), description)
            } else if try await !connection.head(url, .maven, thing: "\(description)").exists {
                try await place(PackageContent(MavenPOM.generate(coordinates, details)), description)
            }
        }
        try await list(coordinates, updated: time.mavenDigits)
        return (coordinates, outcome)
    }

    /// Puts one file and its checksums, whose values are given back.
    @discardableResult func place(
        _ content: PackageContent, _ coordinates: MavenCoordinates
    ) async throws -> (outcome: PublishOutcome, checksums: [ChecksumKind: String]) {
        let path = coordinates.path
        let thing = "Maven artifact \(coordinates)"
        let sums = ChecksumRecorder(content)
        let outcome = try await connection.place(
            sums.content, at: address(path), .maven, thing: thing,
            headers: ["Content-Type": coordinates.mediaType])
        let values = try await sums.values()
        try await placeChecksums(values, of: path)
        return (outcome, values)
    }

    /// Puts the checksums of a file, unless they are there.
    func placeChecksums(_ values: [ChecksumKind: String], of path: String) async throws {
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
    func list(_ coordinates: MavenCoordinates, updated: String) async throws {
        try await mergeList("\(coordinates.artifactFolder)/maven-metadata.xml") { bytes, source throws(Fault) in
            var metadata =
                try bytes.map { bytes throws(Fault) in
                    try MavenMetadata(
                        parsing: bytes, group: coordinates.group, artifact: coordinates.artifact, source: source)
                } ?? MavenMetadata(group: coordinates.group, artifact: coordinates.artifact)
            let changed = metadata.add(coordinates.version, isSnapshot: coordinates.isSnapshot, updated: updated)
            return changed ? metadata.encoded() : nil
        }
    }

    /// Changes a list, and keeps beside it the checksums of what stands there in the end, also when others change it at
    /// the same time.
    func mergeList(
        _ path: String, _ merge: @Sendable ([UInt8]?, _ source: String) throws(Fault) -> [UInt8]?
    ) async throws {
        let url = try address(path)
        for _ in 0..<Self.listAttempts {
            let merged = try await connection.merge(
                at: url, .maven, mediaType: "application/xml", limit: Self.metadataLimit
            ) { bytes throws(Fault) in try merge(bytes, url.redacted) }
            guard let merged else { return }
            try await placeChecksums(ChecksumHasher.values(of: merged), of: path)
            let there = try await connection.document(url, .maven, isFresh: true, limit: Self.metadataLimit)
            if there?.bytes == merged { return }
        }
        throw Fault(
            .unavailable, "\(url.redacted) is changed by others all the time",
            fix: "run it again when nobody else publishes")
    }

    private static var listAttempts: Int { 6 }
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
        var content = PackageContent(size: source.size) { [self] in
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
        content.sending = source.sending
        return content
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
