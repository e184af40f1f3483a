// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@Suite("ocm transfer specification") struct SpecificationTests {
    private static let constructor = """
        components:
        - name: acme.org/demo
          version: 1.0.0
          provider: {name: acme.org}
          resources:
          - name: docs
            type: blob
            relation: local
            version: 1.0.0
            input: {type: file, path: a.txt, mediaType: text/plain}
        """

    private static func specification(file: String) -> String {
        """
        transformations:
        - id: write
          type: CTFAddComponentVersion/v1alpha1
          spec:
            repository: {type: CommonTransportFormat/v1, filePath: ./target}
            descriptor:
              meta: ${read.output.descriptor.meta}
              component:
                name: ${read.output.descriptor.component.name}
                version: ${read.output.descriptor.component.version}
                provider: ${read.output.descriptor.component.provider}
                repositoryContexts: []
                sources: []
                componentReferences: []
                resources: ["${addDocs.output.resource}"]
        - id: read
          type: CTFGetComponentVersion/v1alpha1
          spec: &from
            repository: {type: CommonTransportFormat/v1, filePath: ./source}
            component: acme.org/demo
            version: 1.0.0
        - id: getDocs
          type: CTFGetLocalResource/v1alpha1
          spec: {<<: *from, resourceIdentity: {name: docs}}
        - id: addDocs
          type: CTFAddLocalResource/v1alpha1
          spec:
            repository: {type: CommonTransportFormat/v1, filePath: ./target}
            component: acme.org/demo
            version: 1.0.0
            resource: ${getDocs.output.resource}
            file: \(file)
        """
    }

    private func prepared(_ specification: String) async throws -> TemporaryFolder {
        let folder = try TemporaryFolder(prefix: "specification")
        try FileSystem.write(Array("hello\n".utf8), to: "\(folder.path)/a.txt")
        try FileSystem.write(Array(Self.constructor.utf8), to: "\(folder.path)/constructor.yaml")
        try FileSystem.write(Array(specification.utf8), to: "\(folder.path)/spec.yaml")
        let added = try await OCM.run(
            ["add", "cv", "--create", "--file", "source", "constructor.yaml"], home: folder.path)
        try #require(added.status == 0, "\(added.errors)")
        return folder
    }

    @Test("a specification is checked, shown and run")
    func run() async throws {
        let folder = try await prepared(Self.specification(file: "${getDocs.output.file}"))
        let shown = try await OCM.run(
            ["transfer", "specification", "spec.yaml", "--dry-run", "-o", "json"], home: folder.path)
        let order = try JSON(parsing: shown.stdout, source: "output").array?.compactMap { $0["id"]?.string }
        #expect(order == ["read", "getDocs", "addDocs", "write"])
        #expect(!FileSystem.exists("\(folder.path)/target"))
        let done = try await OCM.run(["transfer", "spec", "spec.yaml"], home: folder.path)
        #expect(done.status == 0, "\(done.errors)")
        let content = try await OCM.run(
            ["download", "resource", "./target//acme.org/demo:1.0.0", "docs", "-O", "docs.txt"], home: folder.path)
        #expect(content.status == 0, "\(content.errors)")
        #expect(try FileSystem.read("\(folder.path)/docs.txt", limit: 100) == Array("hello\n".utf8))
    }

    @Test("a wrong reference is found before anything runs")
    func wrongReference() async throws {
        let folder = try await prepared(Self.specification(file: "${getDocs.output.fil}"))
        let result = try await OCM.run(["transfer", "spec", "spec.yaml"], home: folder.path)
        #expect(result.status == 1)
        #expect(result.errors.contains("spec.yaml:") && result.errors.contains("did you mean 'file'?"))
        #expect(!FileSystem.exists("\(folder.path)/target"))
    }

    @Test("a file of the machine is not content, and what waits for it is not done")
    func foreignFile() async throws {
        let folder = try await prepared(Self.specification(file: "{type: File/v1alpha1, uri: \"file:///etc/passwd\"}"))
        let result = try await OCM.run(["transfer", "spec", "spec.yaml"], home: folder.path)
        #expect(result.status == 5)
        #expect(result.output.contains("names no content of this run") && result.output.contains("addDocs is not done"))
    }

    private static let signing = """
        type: transformation.ocm.component/v1alpha1
        transformations:
        - {type: downloader.component.ctf/v1alpha1, id: read, name: acme.org/demo, version: 1.0.0, filePath: ./source}
        - type: sign.component/v1alpha1
          id: sign
          componentDescriptor: ${read.outputs.descriptor}
          signature: release
          privateKey: acme
        - type: verify.component/v1alpha1
          id: verify
          componentDescriptor: ${sign.outputs.descriptor}
          signature: release
          publicKey: checker
        - {type: uploader.component.ctf/v1alpha1, filePath: ./target, componentDescriptor: "${verify.outputs.descriptor}"}
        """

    @Test(
        "a specification signs and verifies with the keys it was given, and with no others",
        arguments: [
            (["--signing-key", "acme=a.pem", "--public-key", "checker=a.pub"], 0, "finished"),
            (["--signing-key", "acme=a.pem", "--public-key", "checker=b.pub"], 3, "was not made with the key"),
            (["--signing-key", "acme=a.pem"], 3, "which is not known"),
            (["--signing-key", "other=a.pem", "--public-key", "checker=a.pub"], 5, "which it was not given"),
            (["--signing-key", "a.pem"], 2, ""),
        ])
    func keys(_ arguments: [String], _ status: Int32, _ message: String) async throws {
        let folder = try await prepared(Self.signing)
        for name in ["a", "b"] {
            let key = try PrivateKey.generate(.ed25519)
            try FileSystem.write(Array(key.pem().utf8), to: "\(folder.path)/\(name).pem", mode: 0o600)
            try FileSystem.write(Array(key.publicKey.pem().utf8), to: "\(folder.path)/\(name).pub")
        }
        let result = try await OCM.run(["transfer", "spec", "spec.yaml"] + arguments, home: folder.path)
        #expect(result.status == status && result.output.contains(message), "\(result.output)\(result.errors)")
        #expect(FileSystem.exists("\(folder.path)/target") == (status == 0))
        guard status == 0 else { return }
        let verified = try await OCM.run(
            [
                "verify", "cv", "--signature", "release", "--public-key", "a.pub", "./target//acme.org/demo:1.0.0",
            ], home: folder.path)
        #expect(verified.status == 0, "\(verified.errors)")
    }
}
