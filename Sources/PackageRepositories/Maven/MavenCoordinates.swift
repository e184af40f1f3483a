// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What names a file in a Maven repository. A value of this type is well formed: no part of it can leave its folder.
public struct MavenCoordinates: Hashable, Sendable, CustomStringConvertible {
    /// The group, such as `org.example`.
    public let group: String
    /// The artifact within the group.
    public let artifact: String
    /// The version.
    public let version: String
    /// What tells files of one version apart, such as `sources`.
    public let classifier: String?
    /// What kind of file it is, such as `jar` or `tar.gz`.
    public let fileExtension: String

    /// Checks and joins the parts.
    ///
    /// Letters, digits, `.`, `-` and `_` make up every part, with `+` and `~` in versions; none starts or ends with a
    /// dot or holds two in a row. `LATEST` and `RELEASE` are refused as versions, since they name another thing each day,
    /// and the extensions of checksums and signatures of files, since they are not files of their own.
    public init(
        group: String, artifact: String, version: String, classifier: String? = nil, fileExtension: String = "jar"
    ) throws(Fault) {
        try Self.check("groupId", group)
        try Self.check("artifactId", artifact)
        try Self.check("version", version, also: "+~")
        if let classifier { try Self.check("classifier", classifier) }
        try Self.check("extension", fileExtension)
        guard !["LATEST", "RELEASE"].contains(version.uppercased()) else {
            throw Fault(.invalid, "the Maven version “\(version)” names no version", fix: "name the one that is meant")
        }
        let last = fileExtension.split(separator: ".").last.map(String.init) ?? ""
        guard ChecksumKind(rawValue: last.lowercased()) == nil else {
            throw Fault(
                .invalid, "“\(fileExtension)” is the extension of a checksum, not of a file of its own",
                fix: "name the file that it is for")
        }
        (self.group, self.artifact, self.version) = (group, artifact, version)
        (self.classifier, self.fileExtension) = (classifier, fileExtension)
    }

    /// `group:artifact:version`, with `:extension` and `:classifier` as Maven writes them.
    public var description: String {
        let classifier = classifier.map { ":\($0)" } ?? ""
        return "\(group):\(artifact):\(fileExtension)\(classifier):\(version)"
    }

    /// Whether it is a version that is still changing.
    public var isSnapshot: Bool { version.hasSuffix("-SNAPSHOT") }
    /// Whether it is one build of a snapshot, as in `1.0-20260102.030405-7`, which stays what it is.
    public var isSnapshotBuild: Bool { MavenBuild(version) != nil }
    /// The version that is released or still changing: of a build of a snapshot, the snapshot.
    public var baseVersion: String { MavenBuild(version).map { $0.base + "SNAPSHOT" } ?? version }

    /// The same version's file of another kind.
    public func file(_ fileExtension: String, classifier: String? = nil) throws(Fault) -> MavenCoordinates {
        try MavenCoordinates(
            group: group, artifact: artifact, version: version, classifier: classifier, fileExtension: fileExtension)
    }

    /// The same file of another version.
    func with(version: String) throws(Fault) -> MavenCoordinates {
        try MavenCoordinates(
            group: group, artifact: artifact, version: version, classifier: classifier, fileExtension: fileExtension)
    }

    /// The artifact's folder in a repository.
    var artifactFolder: String { group.replacing(".", with: "/") + "/\(artifact)" }
    /// The version's folder in a repository; all builds of a snapshot share one.
    var folder: String { "\(artifactFolder)/\(baseVersion)" }
    /// Where the file stands in a repository.
    var path: String { "\(folder)/\(fileName())" }
    /// The file's name; of a snapshot with the version it has been resolved to.
    func fileName(resolved: String? = nil) -> String {
        "\(artifact)-\(resolved ?? version)\(classifier.map { "-\($0)" } ?? "").\(fileExtension)"
    }

    static func check(_ part: String, _ text: String, also more: String = "") throws(Fault) {
        let isPlain = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "._-".utf8.contains($0)
                || more.utf8.contains($0)
        }
        guard isPlain, (1...255).contains(text.utf8.count), !text.hasPrefix("."), !text.hasSuffix("."),
            !text.contains("..")
        else {
            throw Fault(
                .invalid, "“\(text.prefix(100))” is no \(part) of a Maven artifact",
                fix: "use letters, digits, dots, dashes and underscores")
        }
    }
}
