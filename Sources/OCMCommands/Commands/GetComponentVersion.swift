// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

/// `ocm get component-version REFERENCE`
struct GetComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "List component versions",
        discussion:
            "Without a version all versions are listed, newest first; without a component, all an archive holds.",
        examples: ["ocm get cv ./transport-archive", "ocm get cv ghcr.io/acme//acme.org/app:1.0.0 --recursive -o tree"])

    @Argument(help: "a component version, a component, or an archive") var reference: ComponentVersionLocator
    @Flag(short: "r", help: "list referenced versions too") var recursive = false
    @Flag(help: "only the newest version of each component") var latest = false
    @Option(name: "semver-constraint", short: "c", help: "only versions that satisfy this") var constraint:
        VersionConstraint?
    @Option(help: "another repository to look up referenced versions; repeatable") var lookup: [RepositoryLocator] = []
    @Option(short: "o", help: "table, wide, tree, json, yaml or ndjson") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let source = try await context.source(reference, lookup: lookup)
        let identities = try await context.identities(
            reference, in: source.repositories[0], latest: latest, constraint: constraint)
        let nodes = try await VersionTree(source: source, isRecursive: recursive || output == .tree).nodes(identities)
        let all = nodes.flattened
        context.present(.array(all.map(\.version.descriptor.json)), as: output) {
            guard output != .tree else { return Tree.text(nodes.map(\.drawing)) }
            var table = Table(
                columns: ["COMPONENT", "VERSION", "PROVIDER"] + (output == .wide ? ["SIGNATURES", "DIGEST"] : []))
            for node in all {
                let descriptor = node.version.descriptor
                var row = [descriptor.identity.name.text, descriptor.identity.version.text, descriptor.provider.name]
                if output == .wide {
                    row.append(descriptor.signatures.map(\.name).joined(separator: ","))
                    row.append(node.version.storedDigest?.description ?? "-")
                }
                table.add(row)
            }
            return table.text()
        }
    }
}

/// Component versions with those they refer to.
struct VersionTree {
    let source: ComponentVersionSource
    let isRecursive: Bool

    /// One version, and by which references it was reached from its root.
    struct Node {
        let version: StoredComponentVersion
        let repository: any ComponentVersionRepository
        let referencePath: [String]
        let children: [Node]
        /// Whether what hangs below it was drawn before: there may be more paths than anyone can print.
        let isRepeated: Bool

        var drawing: Tree.Node {
            let name = referencePath.last.map { "\($0): " } ?? ""
            return Tree.Node(
                "\(name)\(version.identity)\(isRepeated ? " (see above)" : "")", children: children.map(\.drawing))
        }
    }

    func nodes(_ identities: [ComponentVersionIdentity]) async throws -> [Node] {
        var nodes: [Node] = []
        for identity in identities {
            var known: [ComponentVersionIdentity: Node] = [:]
            nodes.append(try await node(identity, path: ReferencePath(identity), names: [], &known))
        }
        return nodes
    }

    private func node(
        _ identity: ComponentVersionIdentity, path: ReferencePath, names: [String],
        _ known: inout [ComponentVersionIdentity: Node]
    ) async throws -> Node {
        if let node = known[identity] {
            return Node(
                version: node.version, repository: node.repository, referencePath: names, children: [],
                isRepeated: !node.children.isEmpty)
        }
        let (version, repository) = try await source.get(identity)
        var children: [Node] = []
        if isRecursive {
            for reference in version.descriptor.references {
                let child = try reference.target
                children.append(
                    try await node(child, path: path.appending(child), names: names + [reference.name], &known))
            }
        }
        let node = Node(
            version: version, repository: repository, referencePath: names, children: children, isRepeated: false)
        known[identity] = node
        return node
    }
}

extension [VersionTree.Node] {
    /// These and all below them, each version once.
    var flattened: [VersionTree.Node] {
        var seen: Set<ComponentVersionIdentity> = []
        func walk(_ node: VersionTree.Node) -> [VersionTree.Node] {
            guard seen.insert(node.version.identity).inserted else { return [] }
            return [node] + node.children.flatMap(walk)
        }
        return flatMap(walk)
    }
}
