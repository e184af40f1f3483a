// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Glibc
import TestServers
import Testing

@Suite("skopeo and umoci find what we carry, and we what they made, byte for byte") struct InteroperabilityTests {
    private static let areInstalled =
        ServerProgram.find("skopeo") != nil && ServerProgram.find("umoci") != nil && RegistryServer.isInstalled

    /// A folder with an image that umoci made, `umoci:1.0.0`, and one for two platforms, `both:1.0.0`.
    fileprivate struct Images {
        let workshop: Workshop
        var path: String { workshop.path }

        init() async throws {
            workshop = try Workshop()
            try FileSystem.makeFolder("\(path)/files")
            try workshop.write("files/hello", "hello from inside\n")
            for arguments in [
                ["umoci", "init", "--layout", "umoci"], ["umoci", "new", "--image", "umoci:1.0.0"],
                ["umoci", "insert", "--rootless", "--image", "umoci:1.0.0", "files", "/files"],
                ["umoci", "config", "--image", "umoci:1.0.0", "--config.entrypoint", "/files/hello"],
                ["umoci", "gc", "--layout", "umoci"],
            ] { try await tool(arguments) }
        }

        @discardableResult
        func tool(_ arguments: [String]) async throws -> String {
            let result = try await ChildProcess.run(
                arguments, environment: Environment(["HOME": path, "PATH": "/usr/bin:/bin"]), workingFolder: path)
            guard result.status == 0 else {
                throw Fault(.internal, "\(arguments.joined(separator: " ")): \(result.errors)")
            }
            return result.output
        }

        /// The blobs of a layout by their names.
        func blobs(_ layout: String) throws -> [String: [UInt8]] {
            try Workshop.files(in: "\(path)/\(layout)/blobs/sha256")
        }

        func constructor(_ input: String) throws -> String {
            let text = """
                components:
                  - name: example.org/image
                    version: 1.0.0
                    provider: {name: example.org}
                    resources:
                      - {name: image, type: ociImage, version: 1.0.0, relation: local, \(input)}

                """
            try workshop.write("image.yaml", text)
            return "image.yaml"
        }
    }

    @Test(
        "umoci → archive → registry → skopeo",
        .enabled(if: areInstalled, "skopeo, umoci or docker-registry is not installed"),
        arguments: ["folder", "tar"])
    func outward(form: String) async throws {
        let images = try await Images()
        var input = "./umoci:1.0.0"
        if form == "tar" {
            try await images.tool(["skopeo", "copy", "--quiet", "oci:umoci:1.0.0", "oci-archive:umoci.tar:1.0.0"])
            input = "./umoci.tar"
        }
        let constructor = try images.constructor("input: {type: ociImage, path: \"\(input)\", repository: /made/here}")
        let registry = try await RegistryServer()
        try await images.workshop.done("add", "cv", "--create", "--file", "archive", constructor)
        try await images.workshop.done(
            "transfer", "cv", "--copy-resources", "--upload-as", "ociArtifact", "archive//example.org/image:1.0.0",
            registry.url)
        let name = "docker://\(registry.host)/made/here:1.0.0"
        try await images.tool(["skopeo", "copy", "--quiet", "--src-tls-verify=false", name, "oci:back:1.0.0"])
        #expect(try images.blobs("back") == images.blobs("umoci"))
        #expect(try await images.tool(["skopeo", "inspect", "--tls-verify=false", name]).contains("\"Digest\""))
    }

    @Test(
        "skopeo → registry → component version → layout → umoci",
        .enabled(if: areInstalled, "skopeo, umoci or docker-registry is not installed"))
    func inward() async throws {
        let images = try await Images()
        let registry = try await RegistryServer(), enclave = try await RegistryServer()
        try await images.tool([
            "skopeo", "copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false", "oci:umoci:1.0.0",
            "docker://\(registry.host)/theirs:1.0.0",
        ])
        let constructor = try images.constructor(
            "access: {type: ociArtifact, imageReference: \"\(registry.host)/theirs:1.0.0\"}")
        try await images.workshop.done("add", "cv", "--create", "--file", "archive", constructor)
        try await images.workshop.done(
            "transfer", "cv", "--copy-resources", "archive//example.org/image:1.0.0", enclave.url)
        try await images.workshop.done(
            "download", "resource", "\(enclave.url)//example.org/image:1.0.0", "image", "-O", "layout", "--oci-layout")
        #expect(try images.blobs("layout") == images.blobs("umoci"))
        try await images.tool(["skopeo", "copy", "--quiet", "oci:layout", "oci:again:1.0.0"])
        try await images.tool(["umoci", "unpack", "--rootless", "--image", "again:1.0.0", "bundle"])
        let inside = try FileSystem.read("\(images.path)/bundle/rootfs/files/hello", limit: 100)
        #expect(String(decoding: inside, as: UTF8.self) == "hello from inside\n")

        try await images.workshop.done(
            "download", "resource", "\(enclave.url)//example.org/image:1.0.0", "image", "-O", "image.tar")
        if geteuid() == 0 {
            try await images.tool(["skopeo", "copy", "--quiet", "oci-archive:image.tar", "oci:third:1.0.0"])
        } else {
            // skopeo gives files the owner that the archive names, which only root may.
            try FileSystem.makeFolder("\(images.path)/unpacked")
            try await images.tool(["tar", "-xf", "image.tar", "-C", "unpacked", "--no-same-owner"])
            try await images.tool(["skopeo", "copy", "--quiet", "oci:unpacked", "oci:third:1.0.0"])
        }
        #expect(try images.blobs("third") == images.blobs("umoci"))
    }

    @Test(
        "an image for several platforms travels whole",
        .enabled(if: areInstalled, "skopeo, umoci or docker-registry is not installed"))
    func platforms() async throws {
        let images = try await Images()
        let registry = try await RegistryServer(), enclave = try await RegistryServer()
        // Two variants of one image, and an index over them, made by hand from what umoci wrote.
        let index = try images.makeIndex()
        try await images.tool([
            "skopeo", "copy", "--quiet", "--all", "--preserve-digests", "--dest-tls-verify=false", "oci:both:1.0.0",
            "docker://\(registry.host)/both:1.0.0",
        ])
        let constructor = try images.constructor(
            "access: {type: ociArtifact, imageReference: \"\(registry.host)/both:1.0.0\"}")
        try await images.workshop.done("add", "cv", "--create", "--file", "archive", "--copy-resources", constructor)
        try await images.workshop.done(
            "transfer", "cv", "--copy-resources", "--upload-as", "ociArtifact", "archive//example.org/image:1.0.0",
            enclave.url)
        let name = "docker://\(enclave.host)/both:1.0.0"
        #expect(try await images.tool(["skopeo", "inspect", "--raw", "--tls-verify=false", name]) == index)
        try await images.tool(["skopeo", "copy", "--quiet", "--all", "--src-tls-verify=false", name, "oci:back:1.0.0"])
        #expect(try images.blobs("back") == images.blobs("both"))
    }
}

extension InteroperabilityTests.Images {
    /// Writes the layout `both` with an index over two variants of umoci's image; returns the index.
    fileprivate func makeIndex() throws -> String {
        let source = try JSON(
            parsing: FileSystem.read("\(path)/umoci/index.json", limit: 1 << 20), source: "umoci's index")
        let manifest = try #require(source["manifests"]?.array?.first?["digest"]?.string?.split(separator: ":").last)
        let text = String(decoding: try #require(try blobs("umoci")[String(manifest)]), as: UTF8.self)
        for folder in ["both", "both/blobs", "both/blobs/sha256"] { try FileSystem.makeFolder("\(path)/\(folder)") }
        for (name, bytes) in try blobs("umoci") {
            try FileSystem.write(bytes, to: "\(path)/both/blobs/sha256/\(name)")
        }
        func put(_ text: String, _ type: String, _ more: String = "") throws -> String {
            let digest = Digest(of: Array(text.utf8))
            try workshop.write("both/blobs/sha256/\(digest.hex)", text)
            let size = text.utf8.count
            return
                #"{"mediaType":"application/vnd.oci.image.\#(type).v1+json","digest":"\#(digest)","size":\#(size)\#(more)}"#
        }
        let variants = try ["amd64", "arm64"].map { architecture in
            try put(
                text + String(repeating: " ", count: architecture == "arm64" ? 1 : 0), "manifest",
                #","platform":{"architecture":"\#(architecture)","os":"linux"}"#)
        }
        let index =
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","#
            + #""manifests":[\#(variants.joined(separator: ","))]}"#
        let entry = try put(index, "index", #","annotations":{"org.opencontainers.image.ref.name":"1.0.0"}"#)
        try workshop.write("both/index.json", #"{"schemaVersion":2,"manifests":[\#(entry)]}"#)
        try workshop.write("both/oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
        return index
    }
}
