// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel
internal import Documents
internal import OCI
internal import Orchestration
internal import Repositories
internal import Transfer

extension TransferGenerator {
    /// Adds the operations that carry one content; gives the id of the one that places it, whose output `resource` is
    /// the element with its new access.
    mutating func place(
        _ content: PlannedContent, _ version: PlannedVersion, _ base: String, _ suffix: String, _ target: TargetPlan
    ) -> String {
        let reading = read(content, version, base)
        let file = JSON.string("${\(reading).output.file}")
        let id = names.name(base + suffix, "Add", content.identity)
        weights[id] = content.bytes ?? 0
        if let upload = content.upload, let type = upload.operation {
            var specification = upload.properties(content, version)
            specification["data"] = file
            specification["componentDescriptor"] = .string("${environment.\(base)}")
            specification["resource"] = .literal(content.identity.json)
            add(id, type, specification)
            return id
        }
        if let reference = published(content, target) {
            let access: JSON = ["type": "ociArtifact", "imageReference": .literal(reference)]
            add(id, "AddOCIArtifact", ["resource": element(content, version, reading, access), "file": file])
            return id
        }
        var specification: JSON = [
            "repository": repository(target.locator), "component": .literal(version.identity.name.text),
            "version": .literal(version.identity.version.text), "file": file,
        ]
        guard content.kind == .resource else {
            specification["resource"] = .string("${\(reading).output.resource}")
            add(id, "PlaceContent", specification)
            return id
        }
        if content.access == "localBlob" {
            specification["resource"] = .string("${\(reading).output.resource}")
        } else {
            var access: JSON = ["type": "LocalBlob/v1"]
            if let name = content.referenceName { access["referenceName"] = .literal(name) }
            specification["resource"] = element(content, version, reading, access)
        }
        add(id, "\(Self.prefix(of: target.repository))AddLocalResource", specification)
        return id
    }

    /// The reference under which an artifact becomes an image of its own; nil when it stays beside its descriptor.
    private func published(_ content: PlannedContent, _ target: TargetPlan) -> String? {
        guard publishes, content.kind == .resource, case .artifact = content.content,
            let name = content.referenceName, case .registry(let origin, let subPath) = target.locator.kind
        else { return nil }
        return "\(origin.repositoryHost)/\(subPath.isEmpty ? "" : subPath + "/")\(name)"
    }

    /// A resource whose every field comes from the operation that read it, but for the access.
    private func element(_ content: PlannedContent, _ version: PlannedVersion, _ reading: String, _ access: JSON)
        -> JSON
    {
        let resource = version.version.descriptor.resources[content.index].json
        var rebuilt = JSONObject()
        for (key, _) in resource.object ?? [:] {
            rebuilt[key] =
                key == "access" ? access : .string("${\(Self.member(key, of: "\(reading).output.resource"))}")
        }
        return .object(rebuilt)
    }

    /// The operation that reads a content; added with its first use.
    private mutating func read(_ content: PlannedContent, _ version: PlannedVersion, _ base: String) -> String {
        let key = ContentKey(identity: version.identity, kind: content.kind, index: content.index)
        if let known = readings[key] { return known }
        let id = names.name(base, "Get", content.identity)
        readings[key] = id
        weights[id] = content.bytes ?? 0
        if content.kind == .resource && content.access == "ociArtifact" {
            origins[id] = ContentOrigin(version: version.identity, resource: content.identity)
            add(
                id, "GetOCIArtifact",
                ["resource": .string("${environment.\(base).component.resources[\(content.index)]}")])
            return id
        }
        var specification: JSON = [
            "repository": repository(version.repository.locator),
            "component": .literal(version.identity.name.text), "version": .literal(version.identity.version.text),
        ]
        let identity = JSON.literal(content.identity.json)
        if content.kind == .resource && content.access == "localBlob",
            let prefix = Self.kind(of: version.repository)
        {
            specification["resourceIdentity"] = identity
            add(id, "\(prefix)GetLocalResource", specification)
        } else {
            specification["element"] = .string(content.kind.rawValue)
            specification["identity"] = identity
            add(id, "ReadContent", specification)
        }
        return id
    }
}

extension UploadHandler {
    /// The kind of operation that does it.
    fileprivate var operation: String? {
        switch destination {
        case .registry: "uploader.resource.oci"
        case .maven: "uploader.resource.maven"
        case .npm: "uploader.resource.npm"
        }
    }

    /// What that operation is given beside the content.
    fileprivate func properties(_ content: PlannedContent, _ version: PlannedVersion) -> JSON {
        switch destination {
        case .registry(let prefix):
            let name = content.referenceName ?? "\(version.identity.name)/\(content.type):\(version.identity.version)"
            return ["imageReference": .literal("\(prefix)/\(name)")]
        case .maven(let url):
            let access = version.version.descriptor.resources[content.index].access?.json
            let element = version.version.descriptor.resources[content.index]
            return [
                "repoUrl": .literal(url),
                "groupId": .literal(access?["groupId"]?.string ?? Self.group(version.identity)),
                "artifactId": .literal(access?["artifactId"]?.string ?? element.name),
                "version": .literal(access?["version"]?.string ?? element.version),
                "extension": .literal(access?["extension"]?.string ?? Self.fileExtension(content.content.mediaType)),
            ]
        case .npm(let url): return ["registry": .literal(url)]
        }
    }

    /// A Maven group for a component: its domain turned around, and the path behind it, `org.acme.app`.
    private static func group(_ identity: ComponentVersionIdentity) -> String {
        let parts = identity.name.text.split(separator: "/")
        let domain = parts.first.map { $0.split(separator: ".").reversed().map(String.init) } ?? []
        return (domain + parts.dropFirst().map(String.init)).joined(separator: ".")
    }

    /// The usual file name extension of a media type.
    private static func fileExtension(_ mediaType: String) -> String {
        let known = [
            "application/java-archive": "jar", "application/x-tar": "tar", "application/gzip": "tgz",
            "application/x-tgz": "tgz", "application/zip": "zip", "application/json": "json", "text/plain": "txt",
            "application/xml": "xml",
        ]
        return known[mediaType] ?? (mediaType.hasSuffix("+gzip") ? "tgz" : mediaType.hasSuffix("+tar") ? "tar" : "bin")
    }
}
