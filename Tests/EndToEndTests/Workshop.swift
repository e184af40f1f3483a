// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

/// A folder with a small product to build, the keys to sign it, and `ocm` to do it with.
///
/// `example.org/app/leaf` has a text, a file, two blobs of equal length and an image; `example.org/app/product` has a
/// note and refers to it.
struct Workshop {
    let folder: TemporaryFolder
    static let product = "example.org/app/product:1.0.0"
    static let nextProduct = "example.org/app/product:1.1.0"
    static let leaf = "example.org/app/leaf:1.0.0"

    var path: String { folder.path }
    var privateKey: String { "\(path)/private.pem" }
    var publicKey: String { "\(path)/public.pem" }
    var archive: String { "\(path)/archive" }

    init() throws {
        folder = try TemporaryFolder(prefix: "workshop")
        try FileSystem.write(Array(Self.key.pem().utf8), to: privateKey, mode: 0o600)
        try FileSystem.write(Array(Self.key.publicKey.pem().utf8), to: publicKey)
        try write("leaf.txt", "the leaf's text\n")
        try FileSystem.write(Self.noise(40_000, seed: 1), to: "\(path)/data.bin")
        try FileSystem.write(Self.noise(5000, seed: 2), to: "\(path)/left.bin")
        try FileSystem.write(Self.noise(5000, seed: 3), to: "\(path)/right.bin")
        try writeImage()
        try write("constructor.yaml", Self.constructor(version: "1.0.0"))
    }

    /// One key for all: making one takes longer than most tests.
    private static let key: PrivateKey = {
        do { return try PrivateKey.generate(.rsa(bits: 2048)) } catch { fatalError("no key: \(error)") }
    }()

    func write(_ name: String, _ text: String) throws {
        try FileSystem.write(Array(text.utf8), to: FileSystem.join(path, name))
    }

    func read(_ name: String) throws -> [UInt8] {
        try FileSystem.read(FileSystem.join(path, name), limit: 64 << 20)
    }

    /// Gives the product a third component, `example.org/app/chart`, with a Helm chart.
    func addChart() throws {
        try FileSystem.makeFolder("\(path)/chart/templates")
        try write("chart/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.2.3\n")
        try write("chart/templates/map.yaml", "kind: ConfigMap\n")
        try write(
            "constructor.yaml",
            Self.constructor(version: "1.0.0").replacing(
                "    componentReferences:\n",
                with: "    componentReferences:\n"
                    + "      - {name: chart, componentName: example.org/app/chart, version: 1.0.0}\n") + """
                      - name: example.org/app/chart
                        version: 1.0.0
                        provider: {name: example.org}
                        resources:
                          - {name: chart, type: helmChart, relation: local, input: {type: helm, path: ./chart}}

                    """)
    }

    func ocm(_ arguments: String..., variables: [String: String] = [:]) async throws -> ChildProcess.Result {
        try await ocm(arguments, variables: variables)
    }

    func ocm(_ arguments: [String], variables: [String: String] = [:]) async throws -> ChildProcess.Result {
        try await OCM.run(arguments, home: path, variables: variables)
    }

    /// Runs a command that must succeed.
    @discardableResult
    func done(_ arguments: String...) async throws -> String { try await done(arguments) }

    @discardableResult
    func done(_ arguments: [String]) async throws -> String {
        let result = try await ocm(arguments)
        guard result.status == 0 else {
            throw Fault(
                .internal, "ocm \(arguments.joined(separator: " ")) ended with \(result.status): \(result.errors)")
        }
        return result.output
    }

    /// Writes `one.yaml`: a component with one resource, `thing`, of this input or access.
    func writeThing(_ content: String) throws {
        try write(
            "one.yaml",
            """
            components:
              - name: example.org/one
                version: 1.0.0
                provider: {name: example.org}
                resources:
                  - {name: thing, type: blob, version: 1.0.0, \(content)}

            """)
    }

    /// Builds and signs the product in `archive`.
    func build() async throws {
        try await done("add", "cv", "--create", "--file", archive, "constructor.yaml")
        try await sign(archive)
    }

    /// Builds and signs the product's next version, of the files as they are now, in the same archive.
    func buildNext() async throws {
        try write("next.yaml", Self.constructor(version: "1.1.0"))
        try await done("add", "cv", "--file", archive, "next.yaml")
        try await sign(archive, Self.nextProduct)
    }

    func sign(_ repository: String, _ version: String = product) async throws {
        try await done(
            "sign", "cv", "--signature", "release", "--private-key", privateKey, "--recursive",
            "\(repository)//\(version)")
    }

    func verify(_ repository: String, _ version: String = product) async throws -> ChildProcess.Result {
        try await ocm("verify", "cv", "--signature", "release", "--public-key", publicKey, "\(repository)//\(version)")
    }

    /// Carries the product, verified.
    func transfer(_ source: String, _ target: String, _ more: [String] = []) async throws -> ChildProcess.Result {
        try await ocm(
            ["transfer", "cv", "--recursive", "--copy-resources", "--verify", "release=\(publicKey)"] + more + [
                "\(source)//\(Self.product)", target,
            ])
    }

    /// Pseudo-random bytes; the same seed gives the same bytes.
    static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    /// Every file of a folder by its path in it, with its bytes.
    static func files(in folder: String) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for name in try FileSystem.names(in: folder) {
            let path = FileSystem.join(folder, name)
            if FileSystem.isFolder(path) {
                for (inner, bytes) in try files(in: path) { result["\(name)/\(inner)"] = bytes }
            } else {
                result[name] = try FileSystem.read(path, limit: 64 << 20)
            }
        }
        return result
    }

    static func constructor(version: String) -> String {
        """
        components:
          - name: example.org/app/leaf
            version: \(version)
            provider: {name: example.org}
            resources:
              - name: text
                type: blob
                relation: local
                labels: [{name: example.org/audience, value: public, signing: true}]
                input: {type: file, path: ./leaf.txt, mediaType: text/plain}
              - {name: data, type: blob, relation: local, input: {type: file, path: ./data.bin}}
              - {name: left, type: blob, relation: local, input: {type: file, path: ./left.bin}}
              - {name: right, type: blob, relation: local, input: {type: file, path: ./right.bin}}
              - {name: image, type: ociImage, relation: local, input: {type: ociImage, path: "./image:1.0.0"}}
          - name: example.org/app/product
            version: \(version)
            provider: {name: example.org}
            componentReferences:
              - {name: leaf, componentName: example.org/app/leaf, version: \(version)}
            resources:
              - {name: note, type: blob, relation: local, input: {type: utf8, text: "the note"}}

        """
    }

    private func writeImage() throws {
        let blobs = "\(path)/image/blobs/sha256"
        try FileSystem.makeFolder("\(path)/image")
        try FileSystem.makeFolder("\(path)/image/blobs")
        try FileSystem.makeFolder(blobs)
        func put(_ bytes: [UInt8]) throws -> String {
            let digest = Digest(of: bytes)
            try FileSystem.write(bytes, to: "\(blobs)/\(digest.hex)")
            return #""digest":"\#(digest)","size":\#(bytes.count)"#
        }
        let layer = try put(Self.noise(20_000, seed: 4))
        let config = try put(Array(#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers"}}"#.utf8))
        let type = "application/vnd.oci.image"
        let manifest = try put(
            Array(
                """
                {"schemaVersion":2,"mediaType":"\(type).manifest.v1+json",\
                "config":{"mediaType":"\(type).config.v1+json",\(config)},\
                "layers":[{"mediaType":"\(type).layer.v1.tar",\(layer)}]}
                """.utf8))
        try write("image/oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
        try write(
            "image/index.json",
            """
            {"schemaVersion":2,"manifests":[{"mediaType":"\(type).manifest.v1+json",\(manifest),\
            "annotations":{"org.opencontainers.image.ref.name":"1.0.0"}}]}
            """)
    }
}
