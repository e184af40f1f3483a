// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import TestServers

/// `benchmarks tree`
struct TreeSuite: Command {
    static let configuration = CommandConfiguration(
        "tree", abstract: "20 components of 100 MB and a root that refers to them: add, and every way to carry them")

    func run(in context: BenchmarkContext) async throws {
        let work = try context.workFolder()
        try write(to: work.path, count: 20, size: 100_000_000 / context.options.divisor, context)
        var runs: [String: PairedRuns] = [:]
        let root = "example.org/benchmark/root:1.0.0"
        let quiet = ["--progress", "none"]
        let carry = [try context.ocm, "transfer", "cv", "--recursive", "--copy-resources"] + quiet
        for round in 1...context.options.rounds {
            context.say("tree: round \(round)")
            let copies = "\(work.path)/copies"
            try FileSystem.makeFolder(copies)
            let (archive, copy, back) = ("\(copies)/archive", "\(copies)/copy", "\(copies)/back")
            let registry = try await RegistryServer(program: context.peers[.registry])
            let cases: [(String, [String])] = [
                (
                    "add",
                    [try context.ocm, "add", "cv", "--create", "--file", archive] + quiet + ["\(work.path)/all.yaml"]
                ),
                ("archive to archive", carry + ["\(archive)//\(root)", "ctf::\(copy)"]),
                ("archive to registry", carry + ["\(archive)//\(root)", registry.url]),
                ("registry to archive", carry + ["\(registry.url)//\(root)", "ctf::\(back)"]),
            ]
            for (name, arguments) in cases {
                runs[name, default: PairedRuns()].own.append(try await .of(arguments))
            }
            // What copying alone costs on this disk: no digest is computed, nothing is flushed.
            let blobs = (1...20).map { "\(work.path)/blob-\($0)" }
            try FileSystem.makeFolder("\(copies)/plain")
            runs["add"]?.peer.append(try await .of(["/bin/cp"] + blobs + ["\(copies)/plain"]))
            runs["archive to archive"]?.peer.append(try await .of(["/bin/cp", "-r", archive, "\(copies)/plain-copy"]))
            try FileSystem.remove(copies)
        }
        for name in ["add", "archive to archive", "archive to registry", "registry to archive"] {
            for figure in (runs[name] ?? PairedRuns()).figures(suite: "tree", name: name, peerName: "cp") {
                context.report(figure)
            }
        }
    }

    private func write(to folder: String, count: Int, size: Int, _ context: BenchmarkContext) throws {
        context.say("tree: making \(count) files of \(ByteCount(Int64(size)))")
        var text = "components:\n"
        for number in 1...count {
            try SampleImage.writeNoise(to: "\(folder)/blob-\(number)", size: size, seed: UInt64(number))
            text += """
                  - name: example.org/benchmark/part-\(number)
                    version: 1.0.0
                    provider: {name: example.org}
                    resources:
                      - {name: data, type: blob, relation: local, input: {type: file, path: ./blob-\(number)}}

                """
        }
        text += """
              - name: example.org/benchmark/root
                version: 1.0.0
                provider: {name: example.org}
                componentReferences:

            """
        for number in 1...count {
            text +=
                "      - {name: part-\(number), componentName: example.org/benchmark/part-\(number), version: 1.0.0}\n"
        }
        try FileSystem.write(Array(text.utf8), to: "\(folder)/all.yaml")
    }
}
