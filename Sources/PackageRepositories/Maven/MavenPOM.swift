// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The description of a Maven artifact (`.pom`), as far as it matters to who moves the artifact.
public struct MavenPOM: Sendable {
    /// What kind of file the version's main file is.
    public let packaging: String
    private let group: String?, artifact: String?, version: String?

    /// Reads a description.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        let root = try XMLElement(parsing: bytes, source: source)
        guard root.localName == "project" else {
            throw Fault(.invalid, "\(source) is no description of a Maven artifact", fix: "give the right document")
        }
        // Group and version may come from the parent.
        group = root["groupId"]?.text ?? root["parent"]?["groupId"]?.text
        artifact = root["artifactId"]?.text
        version = root["version"]?.text ?? root["parent"]?["version"]?.text
        let named = root["packaging"]?.text ?? ""
        packaging = named.isEmpty ? "jar" : named == "maven-plugin" || named == "bundle" ? "jar" : named
        try MavenCoordinates.check("packaging", packaging)
    }

    /// Throws `.invalid` when it describes another artifact. Parts that are computed by Maven (`${revision}`) are not
    /// compared.
    func check(describes coordinates: MavenCoordinates) throws(Fault) {
        let parts = [
            (group, coordinates.group), (artifact, coordinates.artifact), (version, coordinates.version),
        ]
        for (said, wanted) in parts {
            guard let said, said.contains("${") || said == wanted else {
                throw Fault(
                    .invalid, "the description is of \(said ?? "nothing"), not of \(wanted)",
                    fix: "give the description of \(coordinates.group):\(coordinates.artifact):\(coordinates.version)")
            }
        }
    }

    /// What a generated description says beside the coordinates.
    public struct Details: Sendable {
        /// What people call it.
        public var name: String?
        /// What it is.
        public var summary: String?
        /// Where it is described.
        public var url: String?
        /// The names of its licences, as SPDX writes them.
        public var licenses: [String] = []
        /// Where its source is.
        public var source: String?

        /// No details.
        public init() {}
    }

    /// A description of a file without dependencies.
    public static func generate(_ coordinates: MavenCoordinates, _ details: Details = Details()) -> [UInt8] {
        var children = [
            XMLElement("modelVersion", text: "4.0.0"), XMLElement("groupId", text: coordinates.group),
            XMLElement("artifactId", text: coordinates.artifact), XMLElement("version", text: coordinates.version),
            XMLElement("packaging", text: coordinates.classifier == nil ? coordinates.fileExtension : "pom"),
        ]
        if let name = details.name { children.append(XMLElement("name", text: name)) }
        if let summary = details.summary { children.append(XMLElement("description", text: summary)) }
        if let url = details.url { children.append(XMLElement("url", text: url)) }
        if !details.licenses.isEmpty {
            children.append(
                XMLElement("licenses", details.licenses.map { XMLElement("license", [XMLElement("name", text: $0)]) }))
        }
        if let source = details.source { children.append(XMLElement("scm", [XMLElement("url", text: source)])) }
        let namespace = "http://maven.apache.org/POM/4.0.0"
        return XMLElement("project", attributes: [("xmlns", namespace)], children).encoded()
    }
}
