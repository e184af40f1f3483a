// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What a repository says about the builds of a snapshot version: which file of which build is current.
public struct MavenSnapshot: Sendable {
    /// A file and the version in its name.
    struct File: Sendable {
        let classifier: String?
        let fileExtension: String
        let value: String
    }

    /// The files with their own versions; older repositories list none.
    let files: [File]
    /// The version in the names of files that are not listed; nil when it is the version itself.
    private let current: String?

    /// Reads the `maven-metadata.xml` of a version's folder. Names that it brings are checked like those of users, so
    /// that they cannot lead elsewhere.
    public init(parsing bytes: [UInt8], of coordinates: MavenCoordinates, source: String) throws(Fault) {
        let root = try XMLElement(parsing: bytes, source: source)
        guard root.localName == "metadata" else {
            throw Fault(.invalid, "\(source) is no list of versions", fix: "check the repository's address")
        }
        let base = coordinates.version.dropLast("SNAPSHOT".count)
        func checked(_ version: String) throws(Fault) -> String {
            try MavenCoordinates.check("version", version, also: "+~")
            guard version == coordinates.version || version.hasPrefix(base) else {
                throw Fault(.corrupt, "\(source) names the version \(version) for \(coordinates.version)")
            }
            return version
        }
        let versioning = root["versioning"]
        var files: [File] = []
        for entry in versioning?["snapshotVersions"]?.children ?? [] where entry.localName == "snapshotVersion" {
            guard let fileExtension = entry["extension"]?.text, let value = entry["value"]?.text else { continue }
            // Checksums and signatures are listed by some tools; they are no files of their own.
            let last = fileExtension.split(separator: ".").last.map(String.init) ?? ""
            guard ChecksumKind(rawValue: last) == nil, last != "asc" else { continue }
            let classifier = entry["classifier"]?.text ?? ""
            if !classifier.isEmpty { try MavenCoordinates.check("classifier", classifier) }
            try MavenCoordinates.check("extension", fileExtension)
            files.append(
                File(
                    classifier: classifier.isEmpty ? nil : classifier, fileExtension: fileExtension,
                    value: try checked(value)))
        }
        self.files = files
        if let snapshot = versioning?["snapshot"], snapshot["localCopy"]?.text != "true",
            let timestamp = snapshot["timestamp"]?.text, let number = snapshot["buildNumber"]?.text
        {
            current = try checked("\(base)\(timestamp)-\(number)")
        } else {
            current = nil
        }
    }

    /// The version in the name of a file.
    public func version(of coordinates: MavenCoordinates) -> String? {
        files.first { $0.classifier == coordinates.classifier && $0.fileExtension == coordinates.fileExtension }?.value
            ?? current
    }

    /// How many builds there have been.
    var builds: Int {
        (files.map(\.value) + [current].compactMap(\.self)).compactMap { MavenBuild($0)?.number }.max() ?? 0
    }

    /// The one build that all files are of; nil when they are of several, or of none.
    var build: MavenBuild? {
        let values = Set(files.map(\.value))
        guard values.count <= 1 else { return nil }
        return (values.first ?? current).flatMap { MavenBuild($0) }
    }
}
