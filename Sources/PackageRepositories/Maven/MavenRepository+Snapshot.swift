// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension MavenRepository {
    /// Publishes a file as the next build of a snapshot.
    ///
    /// Files are named by the time and the number of the build, with the description beside them, and the snapshot's list
    /// names them when all are there; builds that it named before stay readable. Bytes that are current already make no
    /// new build.
    ///
    /// Two who publish at once may choose the same number in the same second. Servers that know conditions refuse the
    /// second one; on others what was put is read back. Whoever finds other bytes takes the next number.
    func publishSnapshot(
        _ content: PackageContent, _ snapshot: MavenCoordinates, _ pom: [UInt8]?, _ details: MavenPOM.Details,
        _ time: Timestamp
    ) async throws -> (coordinates: MavenCoordinates, outcome: PublishOutcome) {
        let listed = try await self.snapshot(snapshot)
        var parts: [(file: MavenCoordinates, content: PackageContent)] = [(snapshot, content)]
        if snapshot.fileExtension != "pom" {
            let known = try await pom == nil ? description(of: snapshot) : nil
            parts.append(
                (try snapshot.file("pom"), PackageContent(pom ?? known ?? MavenPOM.generate(snapshot, details))))
        }
        if let current = listed?.version(of: snapshot).flatMap({ MavenBuild($0) }),
            try await holds(parts, as: current)
        {
            try await list(parts.map(\.file), current)
            return (try snapshot.with(version: current.description), .alreadyThere)
        }
        var number = listed.map { $0.builds + 1 } ?? 1
        for _ in 0..<Self.buildAttempts {
            guard let build = MavenBuild(of: snapshot.version, number: number, time: time) else { break }
            if try await place(parts, as: build) {
                try await list(parts.map(\.file), build)
                return (try snapshot.with(version: build.description), .published)
            }
            number += 1
        }
        throw Fault(
            .conflict, "\(snapshot): others publish builds of it all the time, or its numbers are used up",
            fix: "run it again when nobody else publishes")
    }

    private static var buildAttempts: Int { 5 }

    /// The description of the current build; nil when there is none.
    private func description(of snapshot: MavenCoordinates) async throws -> [UInt8]? {
        do {
            let file = try await file(snapshot.file("pom"))
            return try await file.content.open().collect(limit: Self.pomLimit, of: file.name)
        } catch let fault as Fault where fault.code == .notFound { return nil }
    }

    /// Puts the files of a build; false when others use its number.
    private func place(
        _ parts: [(file: MavenCoordinates, content: PackageContent)], as build: MavenBuild
    ) async throws -> Bool {
        var checksums: [(path: String, values: [ChecksumKind: String])] = []
        for (file, content) in parts {
            let file = try file.with(version: build.description)
            do {
                checksums.append((file.path, try await place(content, file).checksums))
            } catch let fault as Fault where fault.code == .conflict { return false }
        }
        guard try await holds(parts, as: build) else { return false }
        // Whoever lost the number may have left checksums of what is there no more.
        for (path, values) in checksums { try await placeChecksums(values, of: path) }
        return true
    }

    private func holds(
        _ parts: [(file: MavenCoordinates, content: PackageContent)], as build: MavenBuild
    ) async throws -> Bool {
        for (file, content) in parts {
            let file = try file.with(version: build.description)
            let url = try address(file.path)
            let thing = "Maven artifact \(file)"
            guard try await connection.head(url, .maven, thing: thing).exists,
                try await connection.holds(content, at: url, .maven, thing: thing)
            else { return false }
        }
        return true
    }

    /// Lists files of a build as the current ones, and the snapshot among the versions.
    private func list(_ files: [MavenCoordinates], _ build: MavenBuild) async throws {
        guard let snapshot = files.first else { return }
        try await mergeList("\(snapshot.folder)/maven-metadata.xml") { bytes, source throws(Fault) in
            try MavenSnapshot.listing(files, of: build, in: bytes, source: source)
        }
        try await list(snapshot, updated: build.updated)
    }
}
