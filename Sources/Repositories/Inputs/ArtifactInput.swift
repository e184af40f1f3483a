// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import OCI

/// `ociArtifact` and `ociImage`: an image, index or other OCI artifact, from a layout on disk or from a registry.
///
/// The artifact is carried as itself: its manifest keeps its bytes, so its digest is the one everybody knows.
struct ArtifactInput {
    let path: String
    let repository: String?
    let platforms: [String]
    let files: InputFiles
    let thing: String

    init(_ fields: InputFields, _ files: InputFiles) throws(Fault) {
        try fields.allow(["path", "repository", "platforms"])
        path = try fields.required("path")
        repository = try fields.text("repository")
        platforms = try fields.list("platforms")
        (self.files, thing) = (files, fields.thing)
    }

    func content(
        _ connections: RepositoryConnections, component: ComponentVersionIdentity, elementVersion: String
    ) async throws -> InputMethods.Result {
        var artifact: ArtifactContent
        if let (location, reference) = layoutOnDisk() {
            let real = try files.resolve(location, for: thing)
            let layout = try await connections.layout(at: real)
            guard let root = try await layout.root(reference) else {
                throw Fault(
                    .notFound,
                    "\(thing): the layout \(location) holds no artifact \(reference.map { "“\($0)”" } ?? "")",
                    fix: "name one of its tags behind a colon, as in “\(location):latest”")
            }
            artifact = ArtifactContent(store: layout, repository: "", root: root)
        } else {
            artifact = try await connections.artifact(ImageReference(path), thing: thing)
        }
        if !platforms.isEmpty { artifact = try await artifact.filtered(platforms: platforms) }
        return InputMethods.Result(
            content: .artifact(artifact), referenceName: referenceName(component, elementVersion))
    }

    /// The file part and the tag part of `folder[:tag]`, when such a file or folder exists.
    private func layoutOnDisk() -> (String, String?)? {
        let isExplicit = path.hasPrefix("./") || path.hasPrefix("../") || path.hasPrefix("/")
        if FileSystem.exists(FileSystem.join(files.base, path)) { return (path, nil) }
        if let colon = path.lastIndex(of: ":") {
            let location = String(path[..<colon])
            if FileSystem.exists(FileSystem.join(files.base, location)) {
                return (location, String(path[path.index(after: colon)...]))
            }
            if isExplicit { return (location, nil) }
        }
        return isExplicit ? (path, nil) : nil
    }

    /// `repository:tag` to publish under: the field given, or the component's name and the last part of the path.
    private func referenceName(_ component: ComponentVersionIdentity, _ version: String) -> String {
        let tag = version.replacing("+", with: ".build-")
        if let repository {
            let name = repository.hasPrefix("/") ? String(repository.dropFirst()) : "\(component.name)/\(repository)"
            return FileSystem.lastPart(of: name).contains(":") ? name : "\(name):\(tag)"
        }
        let last = FileSystem.lastPart(of: path).split(separator: ":").first.map(String.init) ?? "image"
        let stem = last.split(separator: "@").first.map(String.init) ?? last
        let name = [".tar.gz", ".tgz", ".tar"].reduce(stem) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
        return "\(component.name)/\(name.lowercased()):\(tag)"
    }
}
