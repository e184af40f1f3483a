// SPDX-License-Identifier: Apache-2.0

import Basics
import KubernetesClient
import TestServers

/// `sovereign apiserver` or `sovereign up` on a folder: it runs as long as this object lives.
final class ClusterProcess: Sendable {
    enum Kind { case api, site }

    /// A client with the rights of the admin.
    let client: KubernetesClient
    /// Seconds from its start until it said that it can be used.
    let start: Double
    /// Where the registry of a site is.
    let registry: String
    /// By what its process is found: part of its command line.
    let mark: String
    private let server: ServerProgram

    /// The last line that it says before it waits.
    private static let ready = "use it with: export KUBECONFIG="

    /// - Parameter registryPort: where a site's registry listens, when that matters.
    init(_ kind: Kind, _ program: String, folder: String, registryPort: Int? = nil) async throws {
        let port = try ServerProgram.freePort(), registryPort = try registryPort ?? ServerProgram.freePort()
        registry = "http://127.0.0.1:\(registryPort)"
        mark = folder
        var words = [program]
        var configuration = "\(folder)/admin.kubeconfig"
        switch kind {
        case .api: words += ["apiserver", "--data", folder, "--listen", "127.0.0.1:\(port)"]
        case .site:
            words += ["up", "--data", folder, "--api", "127.0.0.1:\(port)", "--registry", "127.0.0.1:\(registryPort)"]
            configuration = "\(folder)/api/admin.kubeconfig"
        }
        // What an earlier process said there would be taken for the word of this one.
        if FileSystem.exists("\(folder).log") { try FileSystem.removeFile("\(folder).log") }
        let begin = ContinuousClock.now
        let server = try ServerProgram(words, log: "\(folder).log")
        while !Self.text(server.logPath).contains(Self.ready) {
            guard ContinuousClock.now - begin < .seconds(120) else {
                throw Fault(.unavailable, "\(words[1]) is not ready after 120 s: \(Self.text(server.logPath))")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        start = (ContinuousClock.now - begin) / .seconds(1)
        self.server = server
        client = try KubernetesClient(ClusterConfiguration(try Kubeconfig(path: configuration)))
    }

    private static func text(_ path: String) -> String {
        String(decoding: ((try? FileSystem.read(path, limit: 1 << 20)) ?? []).suffix(2000), as: UTF8.self)
    }

    /// Seconds of processor time until now.
    var processor: Double { ProcessWatch.processorTime(ofChildWith: mark) }
    /// Resident memory now, in MiB.
    var memory: Double { ProcessWatch.memory(ofChildWith: mark) }
}
