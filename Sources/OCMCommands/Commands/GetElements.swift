// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Documents
internal import Repositories

/// The options that the lists of elements share.
struct ElementListOptions: ParsableOptions {
    @Flag(short: "r", help: "list those of referenced versions too") var recursive = false
    @Option(help: "only elements whose identity has these attributes") var identity: IdentitySelector?
    @Option(help: "another repository to look up referenced versions; repeatable") var lookup: [RepositoryLocator] = []
    @Option(short: "o", help: "table, wide, tree, json, yaml or ndjson") var output = OutputFormat.table

    init() {}

    /// One row of a list: its cells, those of the wide form, and the element as data.
    struct Row {
        let name: String
        let identity: ElementIdentity
        let cells: [String]
        let wide: [String]
        let json: JSON
    }

    func list(
        _ reference: ComponentVersionLocator, columns: [String], wideColumns: [String], in context: OCMContext,
        _ rows: (ComponentDescriptor) throws -> [Row]
    ) async throws {
        let source = try await context.source(reference, lookup: lookup)
        let identities = try await context.identities(
            reference, in: source.repositories[0], latest: true, constraint: nil)
        let nodes = try await VersionTree(source: source, isRecursive: recursive || output == .tree).nodes(identities)
        var found: [(node: VersionTree.Node, rows: [Row])] = []
        for node in nodes.flattened {
            let all = try rows(node.version.descriptor)
            found.append((node, all.filter { row in identity.map { row.identity.matches($0.attributes) } ?? true }))
        }
        let items = found.flatMap { item in
            item.rows.map { row -> JSON in
                var json: JSON = [
                    "component": .string(item.node.version.identity.name.text),
                    "version": .string(item.node.version.identity.version.text), "element": row.json,
                ]
                if recursive { json["referencePath"] = .array(item.node.referencePath.map { .string($0) }) }
                return json
            }
        }
        context.present(.array(items), as: output) {
            if output == .tree {
                return Tree.text(
                    found.map { item in
                        Tree.Node(
                            item.node.version.identity.description,
                            children: item.rows.map {
                                Tree.Node($0.cells.filter { !$0.isEmpty }.joined(separator: "  "))
                            })
                    })
            }
            let isWide = output == .wide
            var table = Table(
                columns: (recursive ? ["COMPONENT"] : []) + columns + (isWide ? wideColumns : []))
            for item in found {
                for row in item.rows {
                    table.add(
                        (recursive ? [item.node.version.identity.description] : []) + row.cells
                            + (isWide ? row.wide : []))
                }
            }
            return table.text()
        }
    }

    static func text(_ identity: ElementIdentity) -> String {
        let extra = identity.attributes.filter { $0.key != "name" && $0.key != "version" }
        return extra.sorted { $0.key < $1.key }.map { "\"\($0.key)\"=\"\($0.value)\"" }.joined(separator: ",")
    }
}

/// `ocm get resources REFERENCE`
struct GetResources: Command {
    static let configuration = CommandConfiguration(
        "resources", aliases: ["resource", "res", "r"], abstract: "List the resources of a component version",
        examples: ["ocm get resources ./archive//acme.org/app:1.0.0 -o wide"])

    @Argument(help: "the component version") var reference: ComponentVersionLocator
    @OptionGroup var list: ElementListOptions

    func run(in context: OCMContext) async throws {
        try await list.list(
            reference, columns: ["NAME", "VERSION", "IDENTITY", "TYPE", "RELATION"],
            wideColumns: ["ACCESS", "DIGEST"], in: context
        ) { descriptor in
            descriptor.resources.map { resource in
                ElementListOptions.Row(
                    name: resource.name, identity: resource.identity,
                    cells: [
                        resource.name, resource.version, ElementListOptions.text(resource.identity), resource.type,
                        resource.relation.rawValue,
                    ],
                    wide: [
                        resource.access?.type.description ?? "-",
                        resource.digest.map { "\($0.hashAlgorithm):\($0.value)[\($0.normalisationAlgorithm)]" } ?? "-",
                    ], json: resource.json)
            }
        }
    }
}

/// `ocm get sources REFERENCE`
struct GetSources: Command {
    static let configuration = CommandConfiguration(
        "sources", aliases: ["source", "src", "s"], abstract: "List the sources of a component version",
        examples: ["ocm get sources ./archive//acme.org/app:1.0.0"])

    @Argument(help: "the component version") var reference: ComponentVersionLocator
    @OptionGroup var list: ElementListOptions

    func run(in context: OCMContext) async throws {
        try await list.list(
            reference, columns: ["NAME", "VERSION", "IDENTITY", "TYPE"], wideColumns: ["ACCESS"], in: context
        ) { descriptor in
            descriptor.sources.map { element in
                ElementListOptions.Row(
                    name: element.name, identity: element.identity,
                    cells: [element.name, element.version, ElementListOptions.text(element.identity), element.type],
                    wide: [element.access?.type.description ?? "-"], json: element.json)
            }
        }
    }
}

/// `ocm get references REFERENCE`
struct GetReferences: Command {
    static let configuration = CommandConfiguration(
        "references", aliases: ["reference", "refs", "ref"], abstract: "List the references of a component version",
        examples: ["ocm get references ./archive//acme.org/app:1.0.0 --recursive"])

    @Argument(help: "the component version") var reference: ComponentVersionLocator
    @OptionGroup var list: ElementListOptions

    func run(in context: OCMContext) async throws {
        try await list.list(
            reference, columns: ["NAME", "COMPONENT", "VERSION", "IDENTITY"], wideColumns: ["DIGEST"], in: context
        ) { descriptor in
            descriptor.references.map { element in
                ElementListOptions.Row(
                    name: element.name, identity: element.identity,
                    cells: [
                        element.name, element.componentName.text, element.version,
                        ElementListOptions.text(element.identity),
                    ],
                    wide: [element.digest.map { "\($0.hashAlgorithm):\($0.value)" } ?? "-"], json: element.json)
            }
        }
    }
}
