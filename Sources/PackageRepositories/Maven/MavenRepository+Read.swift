// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Web

extension MavenRepository {
    /// Finds a file; its bytes are checked while they are read.
    ///
    /// Of a snapshot the build that the repository names as the current one is found. Throws `.notFound` when there is no
    /// such file, and `.corrupt` when its checksum file holds no checksum.
    public func file(_ coordinates: MavenCoordinates) async throws -> MavenFile {
        let resolved = try await resolvedVersion(coordinates)
        return try await file(coordinates, resolved: resolved)
    }

    /// All files of a version that a plain web server lets us know of: its description, the file of the packaging that
    /// the description names, and the files that builds usually publish beside it. Sorted by name.
    ///
    /// Of a snapshot the list that the repository keeps is used. Throws `.notFound` when the version has no description.
    public func files(_ coordinates: MavenCoordinates) async throws -> [MavenFile] {
        var found: [MavenFile] = []
        if let listed = try await snapshot(coordinates), !listed.files.isEmpty {
            for entry in listed.files {
                let file = try coordinates.file(entry.fileExtension, classifier: entry.classifier)
                found.append(try await self.file(file, resolved: entry.value))
            }
            return found.sorted { $0.name < $1.name }
        }
        let resolved = try await resolvedVersion(coordinates)
        let description = try await file(coordinates.file("pom"), resolved: resolved)
        found.append(description)
        let bytes = try await description.content.open().collect(limit: Self.pomLimit, of: description.name)
        let packaging = try MavenPOM(parsing: bytes, source: description.url.redacted).packaging
        var kinds: [(fileExtension: String, classifier: String?)] = [
            ("jar", nil), ("jar", "sources"), ("jar", "javadoc"), ("module", nil),
        ]
        if !["jar", "pom"].contains(packaging) { kinds.append((packaging, nil)) }
        for (fileExtension, classifier) in kinds {
            let candidate = try coordinates.file(fileExtension, classifier: classifier)
            let address = try address("\(candidate.folder)/\(candidate.fileName(resolved: resolved))")
            guard try await connection.head(address, .maven, thing: "\(candidate)").exists else { continue }
            found.append(try await file(candidate, resolved: resolved))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// All files of a version as one gzipped tar, members sorted by name and without times, kept in temporary files that
    /// live as long as the content does.
    public func archive(_ coordinates: MavenCoordinates) async throws -> PackageContent {
        var members: [TarMember] = []
        for file in try await files(coordinates) {
            let spooled = try await SharedFile.spooling(
                file.content.open(), in: connection.temporaryFolder, name: file.name)
            let size = try spooled.size()
            members.append(.file(file.name, size: size) { spooled.stream(0..<size) })
        }
        let all = members
        return PackageContent(size: nil) { Tar.stream(all).gzipped() }
    }

    private func file(_ coordinates: MavenCoordinates, resolved: String?) async throws -> MavenFile {
        let name = coordinates.fileName(resolved: resolved)
        let path = "\(coordinates.folder)/\(name)"
        let (url, thing) = (try address(path), "Maven artifact \(coordinates)")
        let found = try await connection.head(url, .maven, thing: thing)
        guard found.exists else {
            throw Fault(
                .notFound, "\(thing) is not in \(self.url.redacted)",
                fix: "check group, artifact, version, classifier and extension")
        }
        let checksum = try await checksum(path)
        let connection = connection
        return MavenFile(
            name: name, url: url, checksum: checksum,
            content: PackageContent(size: found.size) {
                let stream = try await connection.stream(url, .maven, thing: thing, limit: Self.fileLimit)
                guard let checksum else { return stream }
                return try stream.verified(checksum.kind, checksum.value, of: thing)
            })
    }

    /// The strongest checksum beside a file.
    private func checksum(_ path: String) async throws -> (kind: ChecksumKind, value: String)? {
        for kind in ChecksumKind.allCases.reversed() {
            let url = try address("\(path).\(kind.rawValue)")
            guard let text = try await connection.document(url, .maven, limit: Self.checksumLimit)?.bytes else {
                continue
            }
            guard let value = kind.value(in: text) else {
                throw Fault(.corrupt, "\(url.redacted) holds no \(kind.rawValue) checksum")
            }
            return (kind, value)
        }
        return nil
    }

    /// The coordinates of the build of a snapshot that is current, which later builds do not change.
    ///
    /// As they are when they name no snapshot, when the repository keeps no builds, and, for all files of a version, when
    /// these are of several builds.
    public func pinned(_ coordinates: MavenCoordinates, isWholeVersion: Bool) async throws -> MavenCoordinates {
        guard let snapshot = try await snapshot(coordinates) else { return coordinates }
        let build = isWholeVersion ? snapshot.build : snapshot.version(of: coordinates).flatMap { MavenBuild($0) }
        return try build.map { build throws(Fault) in try coordinates.with(version: build.description) } ?? coordinates
    }

    /// The build of a snapshot that is current; nil for a release, and for a snapshot that is kept under its own name.
    private func resolvedVersion(_ coordinates: MavenCoordinates) async throws -> String? {
        try await snapshot(coordinates)?.version(of: coordinates)
    }

    /// What the repository says about the builds of a snapshot; nil when it says nothing, and for a release.
    func snapshot(_ coordinates: MavenCoordinates) async throws -> MavenSnapshot? {
        guard coordinates.isSnapshot else { return nil }
        let url = try address("\(coordinates.folder)/maven-metadata.xml")
        // A copy that a cache kept names a build that was current once.
        let found = try await connection.document(url, .maven, isFresh: true, limit: Self.metadataLimit)
        guard let document = found else { return nil }
        return try MavenSnapshot(parsing: document.bytes, of: coordinates, source: url.redacted)
    }
}
