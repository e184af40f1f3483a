// SPDX-License-Identifier: Apache-2.0

public import Basics

extension MavenSnapshot {
    /// The `maven-metadata.xml` of a version's folder in which files of a build are current; nil when it says so already.
    ///
    /// What is listed of a later build stays, so that of two who publish at once the later one counts, in whatever order
    /// they list. What else the document holds is kept.
    ///
    /// - Parameters:
    ///   - bytes: the document as it is; nil when there is none.
    ///   - files: files of the build; their version is the snapshot's.
    public static func listing(
        _ files: [MavenCoordinates], of build: MavenBuild, in bytes: [UInt8]?, source: String
    ) throws(Fault) -> [UInt8]? {
        guard let any = files.first else { return nil }
        var root =
            try bytes.map { bytes throws(Fault) in try XMLElement(parsing: bytes, source: source) }
            ?? XMLElement("metadata", attributes: [("modelVersion", "1.1.0")])
        guard root.localName == "metadata" else {
            throw Fault(.invalid, "\(source) is no list of versions", fix: "check the repository's address")
        }
        for (name, value) in [("groupId", any.group), ("artifactId", any.artifact), ("version", any.version)] {
            guard root[name]?.text ?? value == value else {
                throw Fault(.corrupt, "\(source) lists the builds of another version than \(any)")
            }
            root.set(XMLElement(name, text: value))
        }
        var versioning = root["versioning"] ?? XMLElement("versioning")
        var hasChanged = false
        if MavenBuild(versioning["snapshot"], base: build.base).map({ $0 < build }) ?? true {
            versioning.set(
                XMLElement(
                    "snapshot",
                    [
                        XMLElement("timestamp", text: build.timestamp),
                        XMLElement("buildNumber", text: "\(build.number)"),
                    ]))
            hasChanged = true
        }
        if versioning["lastUpdated"]?.text ?? "" < build.updated {
            versioning.set(XMLElement("lastUpdated", text: build.updated))
            hasChanged = true
        }
        var list = versioning["snapshotVersions"] ?? XMLElement("snapshotVersions")
        for file in files where list.name(file, build) { hasChanged = true }
        versioning.set(list)
        root.set(versioning)
        return hasChanged ? root.encoded() : nil
    }
}

extension MavenBuild {
    /// Reads `<snapshot>`; nil when it names no build.
    fileprivate init?(_ element: XMLElement?, base: String) {
        guard let element, element["localCopy"]?.text != "true", let timestamp = element["timestamp"]?.text,
            let number = element["buildNumber"]?.text
        else { return nil }
        self.init("\(base)\(timestamp)-\(number)")
        guard self.base == base else { return nil }
    }
}

extension XMLElement {
    /// Lets `<snapshotVersions>` name a build for a file, unless it names a later one; false when nothing is to do.
    fileprivate mutating func name(_ file: MavenCoordinates, _ build: MavenBuild) -> Bool {
        var entry = XMLElement("snapshotVersion")
        if let classifier = file.classifier { entry.set(XMLElement("classifier", text: classifier)) }
        entry.set(XMLElement("extension", text: file.fileExtension))
        entry.set(XMLElement("value", text: build.description))
        entry.set(XMLElement("updated", text: build.updated))
        let place = nodes.firstIndex {
            guard case .element(let other) = $0, other.localName == "snapshotVersion" else { return false }
            return other["extension"]?.text == file.fileExtension
                && other["classifier"]?.text ?? "" == file.classifier ?? ""
        }
        guard let place, case .element(let old) = nodes[place] else {
            nodes.append(.element(entry))
            return true
        }
        guard let known = old["value"].flatMap({ MavenBuild($0.text) }), known.base == build.base,
            known >= build
        else {
            nodes[place] = .element(entry)
            return true
        }
        return false
    }
}
