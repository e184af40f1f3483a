// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import TestServers

/// `benchmarks carry`
struct CarrySuite: Command {
    static let configuration = CommandConfiguration(
        "carry", abstract: "A 1 GiB image of 8 layers: archive → registry → archive, beside skopeo copy")

    func run(in context: BenchmarkContext) async throws {
        let image = ImageCase(
            suite: "carry", layers: 8, layerSize: (128 << 20) / context.options.divisor, context: context)
        try await image.run()
    }
}

/// `benchmarks small`
struct SmallSuite: Command {
    static let configuration = CommandConfiguration(
        "small", abstract: "500 small blobs: archive → registry → archive, beside skopeo copy")

    func run(in context: BenchmarkContext) async throws {
        let image = ImageCase(
            suite: "small", layers: max(500 / context.options.divisor, 1), layerSize: 2048, context: context)
        try await image.run()
    }
}

/// An image carried by `ocm` as the resource of a component version, and by skopeo as it is.
///
/// Both read the same files and write to registries of their own that start empty, so that every byte moves.
struct ImageCase {
    let suite: String
    let layers: Int
    let layerSize: Int
    let context: BenchmarkContext

    func run() async throws {
        let work = try context.workFolder()
        let layout = "\(work.path)/image"
        context.say("\(suite): making \(layers) layers of \(ByteCount(Int64(layerSize)))")
        try SampleImage.write(to: layout, tag: "1.0.0", layers: layers, layerSize: layerSize)
        let constructor = "\(work.path)/constructor.yaml"
        try FileSystem.write(Array(Self.constructor.utf8), to: constructor)

        let archive = "\(work.path)/archive"
        var (add, push, pull) = (PairedRuns(), PairedRuns(), PairedRuns())
        for round in 1...context.options.rounds {
            context.say("\(suite): round \(round)")
            try FileSystem.remove(archive)
            add.own.append(
                try await .of([
                    try context.ocm, "add", "cv", "--progress", "none", "--create", "--file", archive, constructor,
                ]))
            let copies = "\(work.path)/copies"
            try FileSystem.makeFolder(copies)
            try await ours(&push, &pull, archive, "\(copies)/archive")
            if let skopeo = context.peers[.skopeo] {
                try await theirs(&push, &pull, skopeo, layout, "\(copies)/image")
            }
            try FileSystem.remove(copies)
        }
        let peer = context.peers[.skopeo] == nil ? nil : "skopeo copy"
        for figure in add.figures(suite: suite, name: "files to archive", peerName: nil)
            + push.figures(suite: suite, name: "archive to registry", peerName: peer)
            + pull.figures(suite: suite, name: "registry to archive", peerName: peer)
        {
            context.report(figure)
        }
    }

    private func ours(_ push: inout PairedRuns, _ pull: inout PairedRuns, _ archive: String, _ copy: String)
        async throws
    {
        let registry = try await RegistryServer(program: context.peers[.registry])
        let carry = [try context.ocm, "transfer", "cv", "--progress", "none", "--copy-resources"]
        push.own.append(
            try await .of(carry + ["--upload-as", "ociArtifact", "\(archive)//\(Self.component)", registry.url]))
        pull.own.append(try await .of(carry + ["\(registry.url)//\(Self.component)", "ctf::\(copy)"]))
    }

    private func theirs(
        _ push: inout PairedRuns, _ pull: inout PairedRuns, _ skopeo: String, _ layout: String, _ copy: String
    ) async throws {
        let registry = try await RegistryServer(program: context.peers[.registry])
        let name = "docker://\(registry.host)/image:1.0.0"
        let copying = [skopeo, "copy", "--quiet", "--preserve-digests"]
        push.peer.append(try await .of(copying + ["--dest-tls-verify=false", "oci:\(layout):1.0.0", name]))
        pull.peer.append(try await .of(copying + ["--src-tls-verify=false", name, "oci:\(copy):1.0.0"]))
    }

    static let component = "example.org/benchmark/image:1.0.0"
    static let constructor = """
        components:
          - name: example.org/benchmark/image
            version: 1.0.0
            provider: {name: example.org}
            resources:
              - name: image
                type: ociImage
                version: 1.0.0
                relation: local
                input: {type: ociImage, path: ./image:1.0.0, repository: /example.org/benchmark/image}

        """
}
