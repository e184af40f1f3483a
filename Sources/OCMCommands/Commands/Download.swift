// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
internal import Repositories

/// `ocm download resource REFERENCE --identity name=…`
struct DownloadResource: Command {
    static let configuration = CommandConfiguration(
        "resource", aliases: ["resources", "res", "r"],
        abstract: "Write a resource to a file, checked against its digest",
        discussion: "An OCI artifact is written as an OCI layout: a tar, or a folder with --oci-layout.",
        examples: [
            "ocm download resource ./archive//acme.org/app:1.0.0 --identity name=rgd -O rgd.yaml",
            "ocm download resource ./archive//acme.org/app:1.0.0 image -O image --oci-layout",
        ])

    @Argument(help: "the component version") var reference: ComponentVersionLocator
    @Argument(help: "the resource's name, and KEY=VALUE for more of its identity") var selector: [String] = []
    @Option(help: "attributes of the resource's identity") var identity: IdentitySelector?
    @Option(
        name: "output", short: "O", help: "the file to write; - is stdout; default: the resource's name",
        valueName: "FILE", completion: .file)
    var file: String?
    @Flag(name: "oci-layout", help: "write an OCI artifact as a layout folder") var writesLayoutFolder = false

    func run(in context: OCMContext) async throws {
        let repository = try await context.open(reference)
        guard let version = reference.identity else { throw UsageError("name a version: …//COMPONENT:VERSION") }
        let stored = try await repository.get(version)
        let attributes = try wanted()
        let matches = stored.descriptor.resources.filter { $0.identity.matches(attributes) }
        guard matches.count == 1, let resource = matches.first else {
            let names = stored.descriptor.resources.map(\.name).joined(separator: ", ")
            throw Fault(
                matches.isEmpty ? .notFound : .invalid,
                matches.isEmpty ? "\(version) has no such resource" : "\(matches.count) resources of \(version) match",
                fix: "its resources are \(names); name one with --identity name=…")
        }
        let thing = "resource “\(resource.name)” of \(version)"
        guard let access = resource.access,
            let content = try await context.access.content(of: access, thing: thing, in: stored, repository: repository)
        else { throw Fault(.notFound, "\(thing) has no content") }
        let path = file ?? resource.name
        let (isFolder, terminal) = (writesLayoutFolder, context.terminal)
        let size = try await context.withProgress { observer in
            try await ContentFile(
                content: content, expected: resource.digest, thing: thing, temporaryFolder: context.globals.tempFolder,
                observer: observer
            ).write(to: path, asLayoutFolder: isFolder, standardOutput: terminal)
        }
        if path != "-" { context.print("\(path): \(ByteCount(size))") }
    }

    private func wanted() throws -> [String: String] {
        var attributes = identity?.attributes ?? [:]
        for word in selector {
            if let equals = word.firstIndex(of: "=") {
                attributes[String(word[..<equals])] = String(word[word.index(after: equals)...])
            } else {
                attributes["name"] = word
            }
        }
        return attributes
    }
}

/// `ocm download artifact IMAGE`
struct DownloadArtifact: Command {
    static let configuration = CommandConfiguration(
        "artifact", aliases: ["artifacts", "image"], abstract: "Write an OCI artifact of a registry as an OCI layout",
        examples: ["ocm download artifact localhost:5001/acme.org/sovereign/notes:1.0.0 -O notes.tar"])

    @Argument(help: "the artifact", valueName: "HOST/REPOSITORY[:TAG][@DIGEST]") var reference: String
    @Option(name: "output", short: "O", help: "the file or folder to write", valueName: "FILE", completion: .file)
    var file: String
    @Flag(name: "oci-layout", help: "write a layout folder") var writesLayoutFolder = false

    func run(in context: OCMContext) async throws {
        let artifact = try await context.connections.artifact(ImageReference(reference), thing: reference)
        let (path, isFolder, terminal, thing) = (file, writesLayoutFolder, context.terminal, reference)
        let size = try await context.withProgress { observer in
            try await ContentFile(
                content: .artifact(artifact), expected: nil, thing: thing,
                temporaryFolder: context.globals.tempFolder, observer: observer
            ).write(to: path, asLayoutFolder: isFolder, standardOutput: terminal)
        }
        context.print("\(path): \(artifact.root.digest), \(ByteCount(size))")
    }
}

/// `ocm download component-version REFERENCE`
struct DownloadComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "Write all resources of a component version into a folder, and its descriptor",
        examples: ["ocm download cv ./archive//acme.org/app:1.0.0 -O app"])

    @Argument(help: "the component version") var reference: ComponentVersionLocator
    @Option(name: "output", short: "O", help: "the folder; it must not exist", valueName: "DIR", completion: .folder)
    var folder: String

    func run(in context: OCMContext) async throws {
        guard let identity = reference.identity else { throw UsageError("name a version: …//COMPONENT:VERSION") }
        guard !FileSystem.exists(folder) else {
            throw Fault(.conflict, "\(folder) exists", fix: "name a folder that does not exist yet")
        }
        let repository = try await context.open(reference)
        let version = try await repository.get(identity)
        var lines: [String] = []
        // The folder has its name only when all of it is there.
        let temporary = try TemporaryFolder(in: FileSystem.folder(of: folder), prefix: ".tmp-download")
        for resource in version.descriptor.resources {
            let thing = "resource “\(resource.name)” of \(identity)"
            guard let access = resource.access,
                let content = try await context.access.content(
                    of: access, thing: thing, in: version, repository: repository)
            else { continue }
            let extra = resource.identity.attributes.filter { $0.key != "name" }.sorted { $0.key < $1.key }
            let isUnique = version.descriptor.resources.filter { $0.name == resource.name }.count == 1
            // Names are checked on reading; values of identities may hold anything, a slash among it.
            let suffix =
                isUnique
                ? "" : "-" + extra.map { "\($0.key)=\($0.value.replacing("/", with: "_"))" }.joined(separator: ",")
            let path = FileSystem.join(temporary.path, resource.name + suffix)
            let terminal = context.terminal
            let size = try await context.withProgress { observer in
                try await ContentFile(
                    content: content, expected: resource.digest, thing: thing,
                    temporaryFolder: context.globals.tempFolder, observer: observer
                ).write(to: path, asLayoutFolder: false, standardOutput: terminal)
            }
            lines.append("\(FileSystem.join(folder, resource.name + suffix)): \(ByteCount(size))")
        }
        let descriptor = "component-descriptor.yaml"
        try FileSystem.write(
            Array(YAML.text(version.descriptor.json).utf8), to: FileSystem.join(temporary.path, descriptor))
        try FileSystem.setMode(temporary.path, 0o755)
        try FileSystem.rename(temporary.path, to: folder)
        for line in lines + [FileSystem.join(folder, descriptor)] { context.print(line) }
    }
}
