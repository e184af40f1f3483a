// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Documents
internal import OCI

/// Reads what a constructor's `input` describes.
///
/// Adding an input is one case here, one file with its reading, and its name in the list of known types.
public struct InputMethods: Sendable {
    let connections: RepositoryConnections
    let files: InputFiles

    /// The types that can be read, with their other names, for messages and help.
    public static let known: [(name: String, aliases: [String])] = [
        ("file", ["File"]), ("dir", ["Dir", "directory"]), ("utf8", ["UTF8", "Utf8"]), ("binary", ["Binary"]),
        ("helm", ["Helm"]), ("ociArtifact", ["ociImage", "OCIArtifact", "OCIImage"]), ("wget", ["Wget"]),
        ("maven", ["Maven"]), ("npm", ["NPM", "Npm"]),
    ]

    /// Inputs whose files lie in one folder.
    public init(_ connections: RepositoryConnections, files: InputFiles) {
        (self.connections, self.files) = (connections, files)
    }

    /// What an input delivers: its content, and the name it should have when it is published as an artifact.
    public struct Result: Sendable {
        /// The content.
        public let content: ResourceContent
        /// `repository:tag`, or nil for content that is no OCI artifact.
        public let referenceName: String?
    }

    /// Opens the content of an input. Nothing large is read yet.
    ///
    /// Throws `.unsupported`, listing the known types, for an unknown type, and `.invalid` for an unknown field.
    public func content(
        of input: TypedSpecification, thing: String, elementVersion: String, component: ComponentVersionIdentity
    ) async throws -> Result {
        let name = input.type.name
        guard let type = Self.known.first(where: { $0.name == name || $0.aliases.contains(name) })?.name else {
            throw Fault(
                .unsupported, "\(thing) has the input type “\(input.type)”, which is unknown here",
                fix: "known types are \(Self.known.map(\.name).joined(separator: ", "))")
        }
        let fields = InputFields(input.json, thing: thing)
        switch type {
        case "file": return try await artifactOrBlob(FileInput(fields, files).content(), thing)
        case "dir": return try await artifactOrBlob(DirectoryInput(fields, files).content(), thing)
        case "utf8": return Result(content: .blob(try TextInput(fields).content()), referenceName: nil)
        case "binary": return Result(content: .blob(try BinaryInput(fields).content()), referenceName: nil)
        case "helm":
            return try await HelmInput(fields, files).content(connections, component: component)
        case "wget":
            try fields.allow(["url", "mediaType", "header", "verb", "body", "noRedirect", "noredirect"])
            let blob = try await WebAccess(input, thing: thing).spooled(connections)
            return Result(content: .blob(blob), referenceName: nil)
        case "maven":
            try fields.allow(["repoUrl", "groupId", "artifactId", "version", "classifier", "extension"])
            let blob = try await MavenAccess(input, thing: thing, role: "input").content(connections)
            return Result(content: .blob(blob), referenceName: nil)
        case "npm":
            try fields.allow(["registry", "package", "version"])
            let blob = try await NPMAccess(input, thing: thing, role: "input").content(connections)
            return Result(content: .blob(blob), referenceName: nil)
        default:
            return try await ArtifactInput(fields, files).content(
                connections, component: component, elementVersion: elementVersion)
        }
    }

    /// Files that are said to be an archive of an artifact, such as a layout that `docker buildx` has written, are that
    /// artifact: it is kept as itself, so that it can be pulled.
    private func artifactOrBlob(_ blob: BlobContent, _ thing: String) async throws -> Result {
        guard MediaType.isArtifactArchive(blob.mediaType) else {
            return Result(content: .blob(blob), referenceName: nil)
        }
        let layout = try await OCILayout.spooled(
            blob.open(), source: "the archive of \(thing)", temporaryFolder: connections.temporaryFolder)
        let root = try await layout.main()
        return Result(
            content: .artifact(ArtifactContent(store: layout, repository: "", root: root)), referenceName: nil)
    }
}

/// The fields of one input, each read with an error that names the element and the field.
struct InputFields: Sendable {
    let json: JSON
    let thing: String

    init(_ json: JSON, thing: String) { (self.json, self.thing) = (json, thing) }

    func allow(_ names: [String]) throws(Fault) {
        for key in json.object?.keys ?? [] where key != "type" && !names.contains(key) {
            throw Fault(
                .invalid, "the input of \(thing) has the unknown field “\(key)”",
                fix: "known fields are \(names.joined(separator: ", "))")
        }
    }

    func text(_ name: String) throws(Fault) -> String? {
        guard let value = json[name], value != .null else { return nil }
        guard let text = value.string else {
            throw Fault(.invalid, "“\(name)” in the input of \(thing) is a \(value.kindName), not a string")
        }
        return text
    }

    func required(_ name: String) throws(Fault) -> String {
        guard let text = try text(name), !text.isEmpty else {
            throw Fault(.invalid, "the input of \(thing) has no “\(name)”", fix: "add “\(name)”")
        }
        return text
    }

    func flag(_ name: String) throws(Fault) -> Bool {
        guard let value = json[name], value != .null else { return false }
        guard let flag = value.bool else {
            throw Fault(.invalid, "“\(name)” in the input of \(thing) is a \(value.kindName), not true or false")
        }
        return flag
    }

    func list(_ name: String) throws(Fault) -> [String] {
        guard let value = json[name], value != .null else { return [] }
        let items = value.array?.compactMap(\.string) ?? []
        guard let array = value.array, items.count == array.count else {
            throw Fault(.invalid, "“\(name)” in the input of \(thing) is no list of strings")
        }
        return items
    }
}
