// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import ComponentModel
import Cryptography
import Documents

/// `benchmarks sign`
struct SignSuite: Command {
    static let configuration = CommandConfiguration(
        "sign", abstract: "A descriptor of 10,000 resources: normalise, sign, verify, and the whole commands")

    func run(in context: BenchmarkContext) async throws {
        let count = max(10_000 / context.options.divisor, 1)
        let work = try context.workFolder()
        var runs: [(String, PairedRuns)] = ["add", "sign command", "verify command"].map { ($0, PairedRuns()) }
        try write(to: work.path, count: count)
        let version = "\(work.path)/archive//example.org/benchmark/many:1.0.0"
        for round in 1...context.options.rounds {
            context.say("sign: round \(round)")
            try FileSystem.remove("\(work.path)/archive")
            let commands = [
                ["add", "cv", "--create", "--file", "\(work.path)/archive", "\(work.path)/constructor.yaml"],
                ["sign", "cv", "--signature", "bench", "--private-key", "\(work.path)/key.pem", version],
                ["verify", "cv", "--signature", "bench", "--public-key", "\(work.path)/public.pem", version],
            ]
            for (place, arguments) in commands.enumerated() {
                runs[place].1.own.append(try await .of([try context.ocm] + arguments + ["--progress", "none"]))
            }
        }
        for (name, runs) in runs {
            for figure in runs.figures(suite: "sign", name: name, peerName: nil) { context.report(figure) }
        }
        try inProcess(count: count, context)
    }

    private func inProcess(count: Int, _ context: BenchmarkContext) throws {
        var descriptor = ComponentDescriptor(
            identity: ComponentVersionIdentity(
                name: try ComponentName("example.org/benchmark/many"), version: try ComponentVersion("1.0.0")),
            provider: try Provider(name: "example.org"))
        for number in 1...count {
            let digest = Digest(of: Array("\(number)".utf8))
            descriptor.resources.append(
                try Resource(
                    name: ElementName("resource-\(number)"), version: "1.0.0", type: "blob", relation: .local,
                    access: TypedSpecification(
                        [
                            "type": "localBlob", "localReference": .string(digest.description),
                            "mediaType": "application/octet-stream",
                        ]),
                    digest: DigestSpecification(
                        hashAlgorithm: "SHA-256", normalisationAlgorithm: "genericBlobDigest/v1", value: digest.hex)))
        }
        let key = try PrivateKey.generate(.rsa(bits: 4096))
        var times: [String: [Double]] = [:]
        for _ in 1...context.options.rounds {
            func timed<T>(_ name: String, _ body: () throws -> T) rethrows -> T {
                let start = ContinuousClock.now
                defer { times[name, default: []].append((ContinuousClock.now - start) / .milliseconds(1)) }
                return try body()
            }
            _ = try timed("normalise") { try descriptor.normalised(.v4alpha1) }
            let entry = try timed("sign") {
                try descriptor.sign(name: "bench", scheme: .rsaPSS, normalisation: .v4alpha1, key: key)
            }
            _ = try timed("verify") { try descriptor.verify(entry, with: .key(key.publicKey)) }
        }
        for name in ["normalise", "sign", "verify"] {
            context.report(
                Figure(suite: "sign", name: name, metric: "wall", value: median(times[name] ?? []), unit: "ms"))
        }
    }

    private func write(to folder: String, count: Int) throws {
        let key = try PrivateKey.generate(.rsa(bits: 4096))
        try FileSystem.write(Array(key.pem().utf8), to: "\(folder)/key.pem", mode: 0o600)
        try FileSystem.write(Array(key.publicKey.pem().utf8), to: "\(folder)/public.pem")
        var text = """
            components:
              - name: example.org/benchmark/many
                version: 1.0.0
                provider: {name: example.org}
                resources:

            """
        for number in 1...count {
            text += "      - {name: resource-\(number), type: blob, input: {type: utf8, text: \"\(number)\"}}\n"
        }
        try FileSystem.write(Array(text.utf8), to: "\(folder)/constructor.yaml")
    }
}
