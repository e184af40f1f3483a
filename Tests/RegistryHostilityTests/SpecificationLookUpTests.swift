// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import TestRegistry
import Testing
import Transfer
import WebClient

@Suite("What specifications and transfers ask registries for") struct SpecificationLookUpTests: LookUpMeans {
    /// How somebody writes down that a component version is to be carried.
    enum Form: String, CaseIterable, Sendable {
        /// It is written as a whole.
        case whole
        /// Each content is placed by an operation of the graph form.
        case graph
        /// The same by properties that expressions read.
        case expressions
        /// Each local blob is stored by an operation.
        case localBlobs

        func specification(_ product: SharedProduct, to url: String) -> String {
            let name = product.identity.name.text, names = product.blobs.map(\.name)
            let source = "{type: CommonTransportFormat/v1, filePath: ./source}"
            var target = "{type: OCIRepository/v1, baseUrl: '\(url)'}"
            let read = """
                - {id: read, type: downloader.component.ctf/v1alpha1, name: \(name), version: 1.0.0, filePath: ./source}

                """
            switch self {
            case .whole:
                return "transformations:\n" + read
                    + "- {id: write, type: uploader.component.oci/v1alpha1, baseUrl: '\(url)', data: '${read.data}'}\n"
            case .graph, .expressions:
                var text = "transformations:\n" + read
                if self == .expressions {
                    text += "- {id: to, type: attributes.transformation/v1alpha1, attributes: \(target)}\n"
                    target = "\"${to.spec.attributes}\""
                }
                for name in names {
                    text += """
                        - id: \(name)
                          type: CTFGetLocalResource/v1alpha1
                          spec: {repository: \(source), component: \(product.identity.name), version: 1.0.0, resourceIdentity: {name: \(name)}}
                        - id: \(name)Placed
                          type: OCIAddLocalResource/v1alpha1
                          spec:
                            repository: \(target)
                            component: \(product.identity.name)
                            version: 1.0.0
                            resource: ${\(name).output.resource}
                            file: ${\(name).output.file}

                        """
                }
                let placed = names.map { "\($0)Placed.output.resource" }.joined(separator: ", ")
                return text + """
                    - id: write
                      type: OCIAddComponentVersion/v1alpha1
                      spec: {repository: \(target), descriptor: "${[read.descriptor, \(placed)][0]}"}
                    """
            case .localBlobs:
                var text = "transformations:\n" + read
                for name in names {
                    text += """
                        - id: \(name)
                          type: downloader.localblob.ctf/v1alpha1
                          filePath: ./source
                          componentDescriptor: ${read.descriptor}
                          resource: {name: \(name)}
                        - id: \(name)Placed
                          type: uploader.localblob.oci/v1alpha1
                          baseUrl: '\(url)'
                          componentDescriptor: ${read.descriptor}
                          data: ${\(name).data}

                        """
                }
                return text
                    + "- {id: write, type: uploader.component.oci/v1alpha1, baseUrl: '\(url)', data: '${read.data}'}\n"
            }
        }
    }

    private static func run(
        _ text: String, from source: StoreRepository, to target: StoreRepository, _ connections: RepositoryConnections
    ) async throws -> [OperationReport] {
        let types = Operation.builtIn.map(\.type)
        let document = try YAML.document(Array(text.utf8), source: "spec.yaml")
        let graph = try OrchestrationGraph(OrchestrationSpecification(reading: document, types: types), types: types)
        let context = OperationContext(connections: connections)
        await context.adopt(source, writing: false)
        await context.adopt(target, writing: true)
        return try await GraphExecutor(graph, operations: Operation.builtIn, context: context).run()
    }

    @Test("written by hand, a specification asks for its blobs sixteen at a time", arguments: Form.allCases)
    func byHand(form: Form) async throws {
        let there = 30
        let product = SharedProduct("acme.org/many", blobs: (0..<97).map { ("blob\($0)", Self.noise($0)) })
        let source = StoreRepository(MemoryStore(name: "source"), locator: try RepositoryLocator("./source"))
        try await product.write(to: source)
        // The first shows whether credentials are wanted; of the others whole groups come together or not at all.
        let registry = try HostileRegistry([RegistryFault(.headBlob, .together(16), at: 2...97)])
        for (_, bytes) in product.blobs.prefix(there) { registry.putBlob(bytes, in: product.repository) }
        let connections = Self.connections()
        let target = try await Self.repository(registry.url, connections)
        let reports = try await Self.run(
            form.specification(product, to: registry.url), from: source, to: target, connections)
        #expect(reports.allSatisfy { $0.outcome.isFinished }, "\(reports.compactMap(\.outcome.failure))")
        #expect(registry.fired == [96] && registry.mostAtOnce(.headBlob) == 16)
        let asked = registry.requests.filter { $0.method == "HEAD" && $0.path.contains("/blobs/") }.map(\.path)
        // The descriptor and the configuration are known when all else is there.
        #expect(asked.count == 99 && Set(asked).count == 99)
        #expect(registry.blobs(in: product.repository).count == 99)
        let sent = registry.requests.count { $0.method == "PUT" && $0.path.contains("/blobs/uploads/") }
        #expect(sent == 97 - there + 2)
    }

    @Test("nobody is asked for what is not placed") func onlyPlaced() async throws {
        let product = SharedProduct("acme.org/many", blobs: (0..<50).map { ("blob\($0)", Self.noise($0)) })
        let source = StoreRepository(MemoryStore(name: "source"), locator: try RepositoryLocator("./source"))
        try await product.write(to: source)
        let registry = try HostileRegistry(), connections = Self.connections()
        let target = try await Self.repository(registry.url, connections)
        let text = """
            transformations:
            - {id: read, type: downloader.component.ctf/v1alpha1, name: acme.org/many, version: 1.0.0, filePath: ./source}
            - id: one
              type: downloader.localblob.ctf/v1alpha1
              componentDescriptor: ${read.descriptor}
              resource: {name: blob7}
            - id: placed
              type: uploader.localblob.oci/v1alpha1
              baseUrl: '\(registry.url)'
              componentDescriptor: ${read.descriptor}
              data: ${one.data}
            """
        let reports = try await Self.run(text, from: source, to: target, connections)
        #expect(reports.allSatisfy { $0.outcome.isFinished }, "\(reports.compactMap(\.outcome.failure))")
        let asked = registry.requests.filter { $0.method == "HEAD" && $0.path.contains("/blobs/") }.map(\.path)
        #expect(asked.count == 1 && asked.first?.hasSuffix("\(Digest(of: Self.noise(7)))") == true)
    }

    @Test(
        "a transfer reads each manifest of its source once, for however many targets",
        arguments: [TransferOptions.UploadAs.localBlob, .ociArtifact], [1, 2])
    func manifests(uploadAs: TransferOptions.UploadAs, targets count: Int) async throws {
        let layers = (0..<4).map { Self.noise($0, 5000) }
        let products = ["one", "two"].map { name in
            SharedProduct(
                "acme.org/\(name)", blobs: [("data", layers[0])],
                images: [("image", layers), ("other", [Self.noise(9, 5000)])])
        }
        let first = try HostileRegistry()
        for product in products {
            try await product.write(to: Self.repository(first.url, Self.connections()))
        }
        let connections = Self.connections(), before = first.requests.count
        let source = try await Self.repository(first.url, connections)
        var targets: [StoreRepository] = [], registries: [HostileRegistry] = []
        for _ in 0..<count {
            let registry = try HostileRegistry()
            registries.append(registry)
            targets.append(try await Self.repository(registry.url, connections))
        }
        let report = try await SharedProduct.carry(
            products, from: source, to: targets, connections, uploadAs: uploadAs)
        #expect(report.isComplete)
        let read = first.requests.dropFirst(before).filter { $0.method == "GET" && $0.path.contains("/manifests/") }
        // Of each component its index, its manifest, and those of two images.
        #expect(Set(read.map(\.path)).count == 8)
        #expect(read.count == 8, "\(read.map(\.path).sorted())")
    }
}
