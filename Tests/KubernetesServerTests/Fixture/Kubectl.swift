// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

/// kubectl with a home of its own, at one of our servers.
struct Kubectl: Sendable {
    let program: String
    let folder: TemporaryFolder
    private let environment: Environment

    init(_ api: TestAPI, _ program: String? = nil) throws {
        self.program = program ?? InstalledKubectl.newest ?? "kubectl"
        folder = try TemporaryFolder(prefix: "kubectl")
        let configuration = """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:\(api.port)"}}]
            contexts: [{name: c, context: {cluster: c, user: u}}]
            current-context: c
            users: [{name: u, user: {}}]
            """
        try FileSystem.write(Array(configuration.utf8), to: "\(folder.path)/config")
        environment = Environment(
            [
                "HOME": folder.path, "KUBECONFIG": "\(folder.path)/config", "PATH": "/usr/bin:/bin",
                "KUBE_EDITOR": "sed -i s/before/after/",
            ])
    }

    struct Outcome: Sendable {
        let status: Int32
        let out: String
        let err: String
    }

    /// Runs it: the words of the line, which has no quotes; `input` is what `-f -` reads.
    func callAsFunction(_ line: String, input: String = "", more: [String] = []) async throws -> Outcome {
        let result = try await ChildProcess.run(
            [program] + line.split(separator: " ").map(String.init) + more, input: Array(input.utf8),
            environment: environment, workingFolder: folder.path, deadline: .seconds(50))
        return Outcome(
            status: result.status, out: String(decoding: result.stdout, as: UTF8.self),
            err: String(decoding: result.stderr, as: UTF8.self))
    }

    /// Runs it and expects that it goes well and says something.
    @discardableResult func ok(
        _ line: String, _ expected: String = "", input: String = "", more: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let outcome = try await self(line, input: input, more: more)
        #expect(outcome.status == 0, "kubectl \(line): \(outcome.err)\(outcome.out)", sourceLocation: sourceLocation)
        #expect(
            expected.isEmpty || outcome.out.contains(expected), "kubectl \(line): \(outcome.out)\(outcome.err)",
            sourceLocation: sourceLocation)
        return outcome.out
    }

    /// Runs it and expects that it fails and says why.
    func fails(
        _ line: String, _ expected: String, input: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await self(line, input: input)
        #expect(outcome.status != 0, "kubectl \(line): \(outcome.out)", sourceLocation: sourceLocation)
        #expect(outcome.err.contains(expected), "kubectl \(line): \(outcome.err)", sourceLocation: sourceLocation)
    }
}
