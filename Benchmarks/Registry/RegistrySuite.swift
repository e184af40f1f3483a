// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Cryptography
import TestServers
import Web

/// `benchmarks registry`
struct RegistrySuite: Command {
    static let configuration = CommandConfiguration(
        "registry", abstract: "The site registry beside other registries",
        discussion: """
            Ours checks passwords and makes everything durable. The distribution project's registry lets everybody in, and so
            does crane's, which keeps everything in memory. The ratio is ours over theirs: above 1 ours is faster.
            """)

    @Option(help: "the program to measure; by default the one beside this", valueName: "FILE", completion: .file)
    var sovereign: String?

    func run(in context: BenchmarkContext) async throws {
        guard ServerProgram.find("wrk") != nil, ServerProgram.find("htpasswd") != nil else {
            throw Fault(.notFound, "wrk or htpasswd is not installed", fix: "run scripts/setup")
        }
        let work = try context.workFolder()
        let own = FileSystem.folder(of: try FileSystem.realPath("/proc/self/exe"))
        let program = sovereign ?? FileSystem.join(own, "sovereign")
        guard FileSystem.exists(program) else {
            throw Fault(.notFound, "there is no program \(program) to measure", fix: "build it: make release")
        }
        for peer in [PeerPrograms.Name.registry, .crane] {
            context.reportAbsence(of: peer, suite: "registry", name: "all")
        }
        let blobs = (0..<64).map { _ -> (bytes: [UInt8], digest: Digest) in
            let bytes = SecureRandom.bytes((16 << 20) / context.options.divisor)
            return (bytes, Digest(of: bytes))
        }
        let large = try await Self.largeFile((1 << 30) / Int64(context.options.divisor), in: work.path)
        // One after another, since they would take the processors from one another; each round another begins, since the
        // first to touch memory of the machine pays for it.
        var rows: [String: [String: [Double]]] = [:]
        for round in 1...context.options.rounds {
            let all = Self.contenders(program, context)
            for index in all.indices {
                let make = all[(index + round) % all.count]
                let contender = try await make(work.path)
                context.say("round \(round): \(contender.name)")
                for (row, value) in try await measure(contender, blobs, large, round, context) {
                    rows[row, default: [:]][contender.name, default: []].append(value)
                }
            }
        }
        for row in Row.allCases {
            guard let values = rows[row.rawValue], let ours = values["sovereign"] else { continue }
            let peers = values.filter { $0.key != "sovereign" }.sorted { $0.key > $1.key }
            if peers.isEmpty { context.report(row.figure(ours, nil)) }
            for peer in peers { context.report(row.figure(ours, (peer.key, peer.value))) }
        }
    }

    /// What is measured.
    enum Row: String, CaseIterable {
        case manifestGet = "GET of a manifest", manifestHead = "HEAD of a manifest", blobGet = "GET of a blob of 1 kB"
        case blobHead = "HEAD of a blob", pushes = "64 pushes of 16 MiB at once", put = "PUT of 1 GiB"
        case get = "GET of 1 GiB", memory = "memory after all of it", idle = "memory with 10,000 idle connections"

        var unit: String {
            switch self {
            case .manifestGet, .manifestHead, .blobGet, .blobHead: "1/s"
            case .pushes, .put, .get: "MB/s"
            case .memory, .idle: "MiB"
            }
        }

        func figure(_ own: [Double], _ peer: (name: String, values: [Double])?) -> Figure {
            var figure = Figure(
                suite: "registry", name: rawValue, metric: unit == "MiB" ? "peak_memory" : "rate", value: median(own),
                unit: unit)
            if let peer {
                figure.peer = (peer.name, median(peer.values), median(own) / max(median(peer.values), 0.000_001))
            }
            return figure
        }
    }

    private static func contenders(
        _ program: String, _ context: BenchmarkContext
    ) -> [@Sendable (String) async throws -> RegistryContender] {
        var all: [@Sendable (String) async throws -> RegistryContender] = [
            { try await .site(program, in: $0) }
        ]
        if let registry = context.peers[.registry] { all.append { try await .distribution(registry, in: $0) } }
        if let crane = context.peers[.crane] { all.append { try await .memory(crane, in: $0) } }
        return all
    }

    private func measure(
        _ contender: RegistryContender, _ blobs: [(bytes: [UInt8], digest: Digest)],
        _ large: (path: String, digest: Digest),
        _ round: Int, _ context: BenchmarkContext
    ) async throws -> [(String, Double)] {
        let load = RegistryLoad(contender)
        let watch = ProcessWatch(childWith: contender.folder.path)
        let (manifest, blob) = try await load.prepare()
        let seconds = max(1, 5 / context.options.divisor)
        var values: [(Row, Double)] = []
        values.append((.manifestGet, try await load.requests(get: manifest, seconds: seconds)))
        values.append((.blobGet, try await load.requests(get: blob, seconds: seconds)))
        // As many as take a registry that looks at its disk for each a few seconds.
        let heads = 10_000 / context.options.divisor
        values.append((.manifestHead, try await load.requests(head: manifest, count: heads)))
        values.append((.blobHead, try await load.requests(head: blob, count: heads)))
        let size = (1 << 30) / Int64(context.options.divisor)
        try touchMemory(size + size / 4, in: contender.folder.path)
        values.append((.pushes, try await load.pushes(blobs)))
        try touchMemory(size + size / 4, in: contender.folder.path)
        let (put, get) = try await load.large(large.path, as: large.digest, round: round)
        values += [(.put, put), (.get, get)]
        values.append((.memory, watch.end().memory))
        let port = try HTTPURL(contender.url).origin.port
        let request = "HEAD /v2/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        do {
            let connections = try IdleConnections(10_000 / context.options.divisor, port: port, request: request)
            // Long enough for a server to give back what connections that rest do not need.
            try await Task.sleep(for: .seconds(3))
            let memory = ProcessWatch.memory(ofChildWith: contender.folder.path)
            guard connections.answered(request) == connections.count else {
                throw Fault(.unavailable, "idle connections were closed")
            }
            values.append((.idle, memory))
        } catch {
            context.say("\(contender.name): \(error)")
        }
        return values.map { ($0.0.rawValue, $0.1) }
    }

    /// Writes a file and removes it. Memory that a virtual machine has not used for a while belongs to its host again, and
    /// the first to fill it waits for the host: without this the figures of whoever comes first say nothing of him.
    private func touchMemory(_ size: Int64, in folder: String) throws {
        let path = "\(folder)/touched"
        defer { try? FileSystem.removeFile(path) }
        let file = try FileHandle(creating: path)
        let bytes = [UInt8](repeating: 0, count: 1 << 20)[...]
        for _ in 0..<(size >> 20) { try file.write(bytes) }
    }

    /// A file of bytes that no tool makes smaller.
    private static func largeFile(_ size: Int64, in folder: String) async throws -> (path: String, digest: Digest) {
        let path = "\(folder)/large"
        let file = try FileHandle(creating: path)
        var hasher = DigestHasher()
        var left = size
        while left > 0 {
            let bytes = SecureRandom.bytes(Int(min(left, 8 << 20)))[...]
            try file.write(bytes)
            hasher.update(bytes)
            left -= Int64(bytes.count)
        }
        return (path, hasher.finalize())
    }
}
