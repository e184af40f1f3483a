// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestServers
import Testing

/// One way to say what a resource's content is, and the bytes that must come of it.
struct ContentSample: CustomTestStringConvertible {
    let testDescription: String
    /// `input: {…}` or `access: {…}`; `WEB` stands for the web server, `REGISTRY` for the registry.
    let text: String
    /// The bytes to find, or nil for an OCI artifact, whose chart or manifest is looked at.
    let expected: [UInt8]?

    init(_ name: String, _ text: String, is expected: String?) {
        (testDescription, self.text, self.expected) = (name, text, expected.map { Array($0.utf8) })
    }

    static let layer = "a layer on its own\n"
    static let all: [ContentSample] = [
        ContentSample("file", "input: {type: file, path: ./leaf.txt}", is: "the leaf's text\n"),
        ContentSample("file/v1", "input: {type: file/v1, path: ./leaf.txt}", is: "the leaf's text\n"),
        ContentSample("utf8 text", "input: {type: utf8, text: \"zwölf 🚀\"}", is: "zwölf 🚀"),
        ContentSample(
            "utf8 json", "input: {type: utf8, json: {b: 1, a: [true, null]}}", is: #"{"a":[true,null],"b":1}"#),
        ContentSample("utf8 yaml", "input: {type: utf8, yaml: {b: 1}}", is: "b: 1\n"),
        ContentSample("binary", "input: {type: binary, data: aGVsbG8A}", is: "hello\0"),
        ContentSample("wget input", "input: {type: wget, url: WEB/page.txt}", is: "a page\n"),
        ContentSample("wget access", "access: {type: wget, url: WEB/page.txt}", is: "a page\n"),
        ContentSample(
            "helm access", "access: {type: helm, helmRepository: WEB/charts, helmChart: \"demo:1.2.3\"}", is: nil),
        ContentSample(
            "helm access of a registry",
            "access: {type: helm, helmRepository: \"oci://REGISTRY\", helmChart: \"image:1.0.0\"}", is: nil),
        ContentSample(
            "helm input of a repository", "input: {type: helm, helmRepository: WEB/charts, path: \"demo:1.2.3\"}",
            is: nil),
        ContentSample("helm input of a folder", "input: {type: helm, path: ./demo}", is: nil),
        ContentSample("helm input of a packed chart", "input: {type: helm, path: ./charts/demo-1.2.3.tgz}", is: nil),
        ContentSample(
            "ociArtifact access", "access: {type: ociArtifact, imageReference: REGISTRY/image:1.0.0}", is: nil),
        ContentSample("ociArtifact input", "input: {type: ociArtifact, path: REGISTRY/image:1.0.0}", is: nil),
        ContentSample("ociImage of a layout", "input: {type: ociImage, path: \"./image:1.0.0\"}", is: nil),
        ContentSample(
            "ociBlob access",
            "access: {type: ociBlob, ref: REGISTRY/image, mediaType: text/plain, digest: \"\(Digest(of: Array(layer.utf8)))\", size: \(layer.utf8.count)}",
            is: layer),
    ]
}

@Suite(
    "Contents of every type",
    .enabled(if: BadRegistryTests.python != nil && RegistryServer.isInstalled, "python3 or docker-registry is missing"))
struct ContentTests {
    /// A workshop with a web server over its folder and a registry that holds its image and a blob.
    private struct Place {
        let workshop: Workshop
        let registry: RegistryServer
        let web: ServerProgram
        let port: Int

        init() async throws {
            workshop = try Workshop()
            registry = try await RegistryServer()
            port = try ServerProgram.freePort()
            web = try ServerProgram(
                [
                    BadRegistryTests.python ?? "python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory",
                    workshop.path, "\(port)",
                ], log: "\(workshop.path)/web.log")
            try await web.waitUntilListening(on: port)
            for folder in ["demo", "demo/templates", "charts"] {
                try FileSystem.makeFolder("\(workshop.path)/\(folder)")
            }
            try workshop.write("page.txt", "a page\n")
            try workshop.write("demo/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.2.3\n")
            try workshop.write("demo/templates/map.yaml", "kind: ConfigMap\n")
            let packed = try await ChildProcess.run(
                ["tar", "-czf", "charts/demo-1.2.3.tgz", "demo"], workingFolder: workshop.path)
            try #require(packed.status == 0)
            let digest = Digest(of: try FileSystem.read("\(workshop.path)/charts/demo-1.2.3.tgz", limit: 1 << 20))
            try workshop.write(
                "charts/index.yaml",
                """
                apiVersion: v1
                entries:
                  demo:
                    - {name: demo, version: 1.2.3, digest: \(digest.hex), urls: [demo-1.2.3.tgz]}

                """)
            try await push()
        }

        /// Puts the image and one more blob into the registry with a program that is not ours.
        private func push() async throws {
            let copied = try await ChildProcess.run([
                "skopeo", "copy", "--quiet", "--preserve-digests", "--dest-tls-verify=false",
                "oci:\(workshop.path)/image:1.0.0", "docker://\(registry.host)/image:1.0.0",
            ])
            try #require(copied.status == 0, "\(copied.errors)")
            try workshop.write("layer", ContentSample.layer)
            let digest = Digest(of: Array(ContentSample.layer.utf8))
            let script = """
                location=$(curl -fsS -X POST -D - -o /dev/null "$1/v2/image/blobs/uploads/" | tr -d '\\r' \
                | sed -n 's/^[Ll]ocation: //p')
                curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary @"$2" "$location&digest=$3"
                """
            let pushed = try await ChildProcess.run([
                "sh", "-c", script, "sh", registry.url, "\(workshop.path)/layer", digest.description,
            ])
            try #require(pushed.status == 0, "\(pushed.errors)")
        }
    }

    @Test("are added, signed, carried by value and downloaded as they were", arguments: ContentSample.all)
    func carried(sample: ContentSample) async throws {
        let place = try await Place(), workshop = place.workshop
        let text = sample.text.replacing("WEB", with: "http://localhost:\(place.port)")
            .replacing("REGISTRY", with: place.registry.host)
        try workshop.writeThing(text)
        let version = "example.org/one:1.0.0"
        try await workshop.done("add", "cv", "--create", "--file", "one", "one.yaml")
        let listed = try await workshop.done("get", "resources", "-o", "json", "one//\(version)")
        #expect(listed.contains("\"thing\"") && listed.contains("\"access\""), "\(listed)")
        try await workshop.done(
            "sign", "cv", "--signature", "release", "--private-key", "private.pem", "one//\(version)")
        let carried = try await workshop.ocm(
            "transfer", "cv", "--copy-resources", "--verify", "release=public.pem", "one//\(version)", "carried.tgz")
        #expect(carried.status == 0, "\(carried.errors)")
        // What arrived is whole without any server.
        let verdict = try await workshop.ocm(
            "verify", "cv", "--offline", "--public-key", "public.pem", "carried.tgz//\(version)")
        #expect(verdict.status == 0, "\(verdict.errors)")
        try await workshop.done("download", "resource", "--offline", "carried.tgz//\(version)", "thing", "-O", "out")
        let bytes = try FileSystem.read("\(workshop.path)/out", limit: 1 << 20)
        if let expected = sample.expected { #expect(bytes == expected) } else { #expect(bytes.count > 100) }
    }

    @Test("a folder becomes a tar whose bytes depend on names, modes and contents alone") func folder() async throws {
        let workshop = try Workshop()
        for folder in ["site", "site/inner"] { try FileSystem.makeFolder("\(workshop.path)/\(folder)") }
        try workshop.write("site/a.txt", "a")
        try workshop.write("site/inner/b.md", "b")
        try workshop.write("site/secret.key", "no")
        try workshop.writeThing("input: {type: dir, path: ./site, compress: true, excludeFiles: [\"*.key\"]}")
        var archives: [[String: [UInt8]]] = []
        for name in ["one", "two"] {
            // The time of a file is nothing that counts.
            _ = try await ChildProcess.run(["touch", "\(workshop.path)/site/a.txt"])
            try await workshop.done("add", "cv", "--create", "--file", name, "one.yaml")
            archives.append(try Workshop.files(in: "\(workshop.path)/\(name)"))
        }
        #expect(archives[0] == archives[1])
        try await workshop.done("download", "resource", "one//example.org/one:1.0.0", "thing", "-O", "out.tgz")
        let listed = try await ChildProcess.run(["tar", "-tzf", "\(workshop.path)/out.tgz"])
        #expect(listed.status == 0 && listed.output.contains("inner/b.md") && !listed.output.contains("secret"))
    }

    @Test("content behind a reference that changed since it was signed is refused") func changed() async throws {
        let place = try await Place(), workshop = place.workshop
        try workshop.writeThing("access: {type: wget, url: \"http://localhost:\(place.port)/page.txt\"}")
        try await workshop.done("add", "cv", "--create", "--file", "one", "one.yaml")
        try await workshop.done(
            "sign", "cv", "--signature", "release", "--private-key", "private.pem", "one//example.org/one:1.0.0")
        try workshop.write("page.txt", "another page\n")
        let verdict = try await workshop.ocm("verify", "cv", "--public-key", "public.pem", "one//example.org/one:1.0.0")
        #expect(verdict.status == 3 && verdict.errors.contains("thing"), "\(verdict.errors)")
        let carried = try await workshop.ocm(
            "transfer", "cv", "--copy-resources", "--verify", "release=public.pem", "one//example.org/one:1.0.0", "copy"
        )
        #expect(carried.status == 3, "\(carried.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/copy/artifact-index.json"))
        // By reference it may go: nothing is read, and who verifies it will see.
        let referred = try await workshop.ocm("transfer", "cv", "one//example.org/one:1.0.0", "reference")
        #expect(referred.status == 0, "\(referred.errors)")
    }
}
