// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import TestServers

/// `benchmarks tree`
struct TreeSuite: Command {
    static let configuration = CommandConfiguration(
        "tree", abstract: "20 components of 100 MB and a root that refers to them: add, and every way to carry them")

    private static let root = "example.org/benchmark/root:1.0.0"
    private static let cases = ["add", "archive to archive", "archive to registry", "registry to archive"]

    func run(in context: BenchmarkContext) async throws {
        let work = try context.workFolder()
        try write(to: work.path, count: 20, size: 100_000_000 / context.options.divisor, context)
        let ours = try Tool(ours: context.ocm)
        let other = context.peers[.ocm].map(Tool.init(other:))
        var own: [String: [MeasuredRun]] = [:], copying = own, others = own
        for round in 1...context.options.rounds {
            context.say("tree: round \(round)")
            let copies = "\(work.path)/copies"
            try await run(ours, work.path, in: "\(copies)/ours", context, &own)
            try await copyPlainly(work.path, archive: "\(copies)/ours/archive", to: "\(copies)/plain", &copying)
            try FileSystem.remove(copies)
            if let other { try await run(other, work.path, in: "\(copies)/other", context, &others) }
            try FileSystem.remove(copies)
        }
        for name in Self.cases {
            let all: [(name: String?, runs: [MeasuredRun]?)] = [("cp", copying[name]), ("Go ocm", others[name])]
            let beside = all.filter { $0.runs != nil }
            for (peerName, peer) in beside.isEmpty ? [(nil, nil)] : beside {
                let runs = PairedRuns(own: own[name] ?? [], peer: peer ?? [])
                for figure in runs.figures(suite: "tree", name: name, peerName: peerName) { context.report(figure) }
            }
            context.reportAbsence(of: .ocm, suite: "tree", name: name)
        }
    }

    /// An OCM command line: the commands are the same, their options are not.
    private struct Tool {
        let add: (_ archive: String, _ constructor: String) -> [String]
        let carry: [String]

        init(ours program: String) {
            add = { [program, "add", "cv", "--progress", "none", "--create", "--file", $0, $1] }
            carry = [program, "transfer", "cv", "--progress", "none", "--recursive", "--copy-resources"]
        }

        init(other program: String) {
            add = { [program, "add", "cv", "--repository", "ctf::\($0)", "--constructor", $1] }
            carry = [program, "transfer", "cv", "--recursive", "--copy-resources"]
        }
    }

    /// Runs all cases in a folder and a registry that are empty before.
    private func run(
        _ tool: Tool, _ work: String, in folder: String, _ context: BenchmarkContext,
        _ runs: inout [String: [MeasuredRun]]
    ) async throws {
        try FileSystem.makeFolder(folder)
        let archive = "\(folder)/archive"
        let registry = try await RegistryServer(data: "\(folder)/registry", program: context.peers[.registry])
        let commands = [
            tool.add(archive, "\(work)/all.yaml"),
            tool.carry + ["ctf::\(archive)//\(Self.root)", "ctf::\(folder)/copy"],
            tool.carry + ["ctf::\(archive)//\(Self.root)", registry.url],
            tool.carry + ["\(registry.url)//\(Self.root)", "ctf::\(folder)/back"],
        ]
        for (name, command) in zip(Self.cases, commands) {
            runs[name, default: []].append(try await .of(command, variables: ["TMPDIR": folder]))
        }
    }

    /// What copying alone costs on this disk: no digest is computed, nothing is flushed.
    private func copyPlainly(
        _ work: String, archive: String, to folder: String, _ runs: inout [String: [MeasuredRun]]
    ) async throws {
        let blobs = (1...20).map { "\(work)/blob-\($0)" }
        try FileSystem.makeFolder(folder)
        runs["add", default: []].append(try await .of(["/bin/cp"] + blobs + [folder]))
        runs["archive to archive", default: []].append(try await .of(["/bin/cp", "-r", archive, "\(folder)/archive"]))
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
                      - name: data
                        type: blob
                        relation: local
                        input: {type: file, mediaType: application/octet-stream, path: ./blob-\(number)}

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
