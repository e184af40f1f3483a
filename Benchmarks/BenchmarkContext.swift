// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Documents
import Glibc

/// Options that every suite takes.
struct BenchmarkOptions: ParsableOptions {
    @Flag(help: "one JSON object a line instead of a table") var json = false
    @Option(help: "how often each case runs; the median is what is reported", valueName: "N") var rounds = 3
    @Option(help: "make the data smaller by this factor", valueName: "N") var divisor = 1
    @Option(help: "the program to measure; by default the one beside this", valueName: "FILE", completion: .file)
    var ocm: String?
    @Option(help: "where the data goes", valueName: "DIR", environment: "TMPDIR", completion: .folder)
    var folder = "/tmp"
    @Option(
        help: "a folder with programs to use before installed ones: registry, skopeo, oras, crane, ocm",
        valueName: "DIR",
        completion: .folder)
    var peers: String?
}

/// What suites share: where the data is, what is measured, and where figures go.
struct BenchmarkContext: Sendable {
    let options: BenchmarkOptions
    private let program: String
    let peers: PeerPrograms

    init(_ options: BenchmarkOptions) throws {
        guard options.rounds > 0, options.divisor > 0 else {
            throw UsageError("--rounds and --divisor must be at least 1")
        }
        self.options = options
        let own = FileSystem.folder(of: try FileSystem.realPath("/proc/self/exe"))
        program = options.ocm ?? FileSystem.join(own, "ocm")
        peers = try PeerPrograms(in: options.peers)
    }

    /// The program to measure.
    var ocm: String {
        get throws {
            guard FileSystem.exists(program) else {
                throw Fault(.notFound, "there is no program \(program) to measure", fix: "build it: make release")
            }
            return program
        }
    }

    /// A folder for one suite, removed at its end.
    func workFolder() throws -> TemporaryFolder { try TemporaryFolder(in: options.folder, prefix: "benchmarks") }

    /// Says what is being done, for the wait.
    func say(_ text: String) {
        if isatty(2) == 1 { write("\(text)\n", to: 2) }
    }

    private func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Says that a program does not stand beside ours, and why; nothing when it does.
    func reportAbsence(of peer: PeerPrograms.Name, suite: String, name: String) {
        guard let reason = peers.absence(of: peer) else { return }
        let members: [(String, JSON)] = [
            ("suite", .string(suite)), ("case", .string(name)), ("absent", .string(peer.rawValue)),
            ("reason", .string(reason)),
        ]
        let json = JSON.object(JSONObject(members))
        let line = "\(suite)  \(name)  not beside \(peer.rawValue): \(reason)"
        write((options.json ? String(decoding: json.encoded(), as: UTF8.self) : line) + "\n", to: 1)
    }

    /// Prints one figure.
    func report(_ figure: Figure) {
        write((options.json ? String(decoding: figure.json.encoded(), as: UTF8.self) : figure.line) + "\n", to: 1)
    }
}
