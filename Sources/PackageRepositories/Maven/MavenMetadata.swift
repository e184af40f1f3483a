// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The versions of an artifact, as `maven-metadata.xml` lists them. What else the document holds is kept.
public struct MavenMetadata: Sendable {
    private var root: XMLElement

    /// The list of an artifact without versions.
    public init(group: String, artifact: String) {
        root = XMLElement(
            "metadata", [XMLElement("groupId", text: group), XMLElement("artifactId", text: artifact)])
    }

    /// Reads a list.
    ///
    /// Throws `.corrupt` when it is the list of another artifact, `.invalid` when it is no list.
    public init(parsing bytes: [UInt8], group: String, artifact: String, source: String) throws(Fault) {
        root = try XMLElement(parsing: bytes, source: source)
        guard root.localName == "metadata" else {
            throw Fault(.invalid, "\(source) is no list of versions", fix: "check the repository's address")
        }
        guard (root["groupId"]?.text ?? group) == group, (root["artifactId"]?.text ?? artifact) == artifact else {
            throw Fault(.corrupt, "\(source) lists the versions of another artifact than \(group):\(artifact)")
        }
    }

    /// The versions in the order of the document.
    public var versions: [String] {
        root["versioning"]?["versions"]?.children.filter { $0.localName == "version" }.map(\.text) ?? []
    }
    /// The version that was published last.
    public var latest: String? { root["versioning"]?["latest"]?.text }
    /// The release that was published last.
    public var release: String? { root["versioning"]?["release"]?.text }

    /// Adds a version; false when nothing is to do.
    ///
    /// A release that is listed stays as it is. Of a snapshot that is listed only the time changes, if it is a later one.
    public mutating func add(_ version: String, isSnapshot: Bool, time: Timestamp) -> Bool {
        add(version, isSnapshot: isSnapshot, updated: time.mavenDigits)
    }

    mutating func add(_ version: String, isSnapshot: Bool, updated: String) -> Bool {
        var versioning = root["versioning"] ?? XMLElement("versioning")
        let isListed = versions.contains(version)
        guard !isListed || isSnapshot && versioning["lastUpdated"]?.text ?? "" < updated else { return false }
        if !isListed {
            versioning.set(XMLElement("latest", text: version))
            if !isSnapshot { versioning.set(XMLElement("release", text: version)) }
            var list = versioning["versions"] ?? XMLElement("versions")
            list.nodes.append(.element(XMLElement("version", text: version)))
            versioning.set(list)
        }
        versioning.set(XMLElement("lastUpdated", text: updated))
        root.set(versioning)
        return true
    }

    /// The document.
    public func encoded() -> [UInt8] { root.encoded() }
}

extension Timestamp {
    /// `yyyyMMddHHmmss` in UTC, as lists of versions tell the time.
    var mavenDigits: String { String(description.filter { $0.isASCII && $0.isNumber }.prefix(14)) }
}
