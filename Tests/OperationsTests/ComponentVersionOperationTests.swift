// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Documents
import Operations
import Orchestration
import Repositories
import TestServers
import Testing
import WebClient

@Suite("Operations on component versions") struct ComponentVersionOperationTests {
    private let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
    private let identity = "acme.org/demo:1.0.0"
    private let text = Array("some text\n".utf8)

    /// An archive with one version that has one local blob.
    private func archive(in folder: String) async throws -> String {
        let path = "\(folder)/source"
        let repository = try await connections.open(RepositoryLocator(path), .create(nil))
        let identity = try ComponentVersionIdentity(identity)
        let placed = try await repository.place(
            .blob(BlobContent(mediaType: "text/plain", bytes: text)), for: identity, observer: PlacementObserver())
        var contents = LocalContents()
        contents.add(placed)
        try await repository.commit(.oneBlob("docs", placed), contents: contents)
        try await repository.finish()
        return path
    }

    /// A specification in the form that the OCM command line generates.
    private func specification(_ source: String, _ target: JSON) -> String {
        let target = String(decoding: target.encoded(), as: UTF8.self)
        let kind = target.contains("OCIRepository") ? "OCI" : "CTF"
        return """
            transformations:
            - id: write
              type: \(kind)AddComponentVersion/v1alpha1
              spec:
                repository: \(target)
                descriptor:
                  meta: ${read.output.descriptor.meta}
                  component:
                    name: ${read.output.descriptor.component.name}
                    version: ${read.output.descriptor.component.version}
                    provider: ${read.output.descriptor.component.provider}
                    repositoryContexts: []
                    sources: []
                    componentReferences: []
                    resources:
                    - ${addDocs.output.resource}
            - id: read
              type: CTFGetComponentVersion/v1alpha1
              spec: &from
                repository: {type: CommonTransportFormat/v1, filePath: \(source)}
                component: acme.org/demo
                version: 1.0.0
            - id: getDocs
              type: CTFGetLocalResource/v1alpha1
              spec:
                <<: *from
                resourceIdentity: {name: docs, version: 1.0.0}
            - id: addDocs
              type: \(kind)AddLocalResource/v1alpha1
              spec:
                repository: \(target)
                component: acme.org/demo
                version: 1.0.0
                resource: ${getDocs.output.resource}
                file: ${getDocs.output.file}
            """
    }

    private func run(_ text: String) async throws -> [OperationReport] {
        let document = try YAML.document(Array(text.utf8), source: "spec.yaml")
        let operations = Operation.builtIn
        let graph = try OrchestrationGraph(OrchestrationSpecification(document), types: operations.map(\.type))
        let context = OperationContext(connections: connections)
        let report = try await GraphExecutor(graph, operations: operations, context: context).run()
        try await context.finish()
        return report
    }

    private func expectCopy(in target: RepositoryLocator) async throws {
        let repository = try await connections.open(target, .read)
        let version = try await repository.get(ComponentVersionIdentity(identity))
        let access = try #require(version.descriptor.resources.first?.access)
        let content = try await repository.content(of: LocalBlobAccess(access, of: "docs"), in: version)
        guard case .blob(let blob) = content else {
            Issue.record("the resource is no blob")
            return
        }
        #expect(try await blob.open().collect(limit: 1000) == text)
    }

    @Test("a generated specification carries a version from archive to archive")
    func archives() async throws {
        let folder = try TemporaryFolder(prefix: "orchestration")
        let source = try await archive(in: folder.path)
        let target: JSON = ["type": "CommonTransportFormat/v1", "filePath": .string("\(folder.path)/target")]
        let report = try await run(specification(source, target))
        #expect(report.allSatisfy { $0.outcome.isFinished }, "\(report)")
        #expect(report.map(\.id) == ["read", "getDocs", "addDocs", "write"])
        try await expectCopy(in: RepositoryLocator("\(folder.path)/target"))
    }

    @Test("and from archive to a real registry", .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
    func registry() async throws {
        let folder = try TemporaryFolder(prefix: "orchestration")
        let server = try await RegistryServer()
        let source = try await archive(in: folder.path)
        let target: JSON = ["type": "OCIRepository/v1", "baseUrl": .string(server.url), "subPath": "ocm"]
        let report = try await run(specification(source, target))
        #expect(report.allSatisfy { $0.outcome.isFinished }, "\(report)")
        try await expectCopy(in: RepositoryLocator(json: target))
        withExtendedLifetime(server) {}
    }

    @Test("a file that no operation of the run yielded is refused, and nothing is written")
    func foreignFile() async throws {
        let folder = try TemporaryFolder(prefix: "orchestration")
        let source = try await archive(in: folder.path)
        let target: JSON = ["type": "CommonTransportFormat/v1", "filePath": .string("\(folder.path)/target")]
        let text = specification(source, target).replacing(
            "file: ${getDocs.output.file}", with: "file: {type: File/v1alpha1, uri: \"file:///etc/passwd\"}")
        let report = try await run(text)
        #expect(report.filter { !$0.outcome.isFinished }.map(\.id) == ["addDocs", "write"])
        let repository = try await connections.open(RepositoryLocator("\(folder.path)/target"), .read)
        #expect(try await repository.components().isEmpty)
    }
}
