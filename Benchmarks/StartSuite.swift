// SPDX-License-Identifier: Apache-2.0

import CommandLineKit

/// `benchmarks start`
struct StartSuite: Command {
    static let configuration = CommandConfiguration(
        "start", abstract: "How long ocm version takes, beside skopeo --version")

    func run(in context: BenchmarkContext) async throws {
        var runs = PairedRuns()
        for _ in 1...(context.options.rounds * 10) {
            runs.own.append(try await .of([try context.ocm, "version"]))
            if let skopeo = context.peers[.skopeo] { runs.peer.append(try await .of([skopeo, "--version"])) }
        }
        let peer = context.peers[.skopeo] == nil ? nil : "skopeo --version"
        for figure in runs.figures(suite: "start", name: "version", peerName: peer) { context.report(figure) }
    }
}

/// `benchmarks all`
struct AllSuites: Command {
    static let configuration = CommandConfiguration("all", abstract: "All suites, one after the other")

    func run(in context: BenchmarkContext) async throws {
        try await StartSuite().run(in: context)
        try await SignSuite().run(in: context)
        try await ExpressionSuite().run(in: context)
        try await SmallSuite().run(in: context)
        try await CarrySuite().run(in: context)
        try await TransferSuite().run(in: context)
        try await TreeSuite().run(in: context)
        try await DeltaSuite().run(in: context)
        try await RegistrySuite().run(in: context)
        try await KubernetesSuite().run(in: context)
    }
}
