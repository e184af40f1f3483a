// SPDX-License-Identifier: Apache-2.0

import Basics

/// One way to do what a row is about.
struct Contender {
    enum Work {
        /// A program that reads what is there and writes to its place.
        case program((borrowing TransferPlace) throws -> [String])
        /// Code of this program; the path is that of an empty folder.
        case code((String) throws -> MeasuredRun)
    }

    let name: String
    /// How many registries its place has.
    var targets = 0
    let work: Work

    /// What it needs in a place, besides the place.
    func run(in place: borrowing TransferPlace) async throws -> MeasuredRun {
        switch work {
        case .program(let arguments): try await .of(try arguments(place), variables: place.variables)
        case .code(let body): try body(place.folder)
        }
    }

    /// Runs it in a place that is removed then.
    func runOnce(in folder: String, registry: String?) async throws {
        var place = try await TransferPlace(folder, registries: targets, of: registry)
        do {
            _ = try await run(in: place)
        } catch {
            try? place.end()
            throw error
        }
        try place.end()
    }
}

/// What a contender needed, and the registries that it talked to.
struct TransferRun {
    let program: MeasuredRun
    /// Seconds of processor time of all registries, those that are read included.
    let registries: Double
}

/// Several ways to do the same, run in turn in every round, after a round that does not count.
///
/// The first round is not counted because memory that the system has not used for long is slow to write to at first.
/// Every other round goes through the contenders backwards, so that none always runs behind the same other.
struct TransferRow {
    let name: String
    /// Registries that are read.
    var sources: [StartedRegistry] = []
    var own: [Contender]
    var peers: [Contender]
    /// The name of the row for the same commands run once more, when there is nothing left to do.
    var again: String?
    var warms = true

    private static let suite = "transfer"

    /// Runs all rounds and reports.
    func run(in work: String, _ context: BenchmarkContext) async throws {
        let contenders = own + peers
        var first = contenders.map { _ in [TransferRun]() }, second = first
        for round in (warms ? 0 : 1)...context.options.rounds {
            context.say("transfer: \(name), \(round == 0 ? "to warm up" : "round \(round)")")
            for number in round % 2 == 0 ? Array(contenders.indices) : contenders.indices.reversed() {
                let runs = try await runs(of: contenders[number], in: work, registry: context.peers[.registry])
                guard round > 0 else { continue }
                first[number].append(runs[0])
                if runs.count > 1 { second[number].append(runs[1]) }
            }
        }
        report(name, first, context)
        if let again { report(again, second, context) }
    }

    private func runs(of contender: Contender, in work: String, registry: String?) async throws -> [TransferRun] {
        var place = try await TransferPlace("\(work)/place", registries: contender.targets, of: registry)
        var runs: [TransferRun] = []
        do {
            for _ in 0..<(again == nil ? 1 : 2) {
                let before = processorTime(place)
                let program = try await contender.run(in: place)
                runs.append(TransferRun(program: program, registries: processorTime(place) - before))
            }
        } catch {
            try? place.end()
            throw error
        }
        try place.end()
        return runs
    }

    private func processorTime(_ place: borrowing TransferPlace) -> Double {
        (sources + place.registries).reduce(0) { $0 + $1.processorTime }
    }

    /// Each of ours beside each peer, and the first of ours, which is the usual one, beside our others.
    private func report(_ name: String, _ runs: [[TransferRun]], _ context: BenchmarkContext) {
        for (number, contender) in own.enumerated() {
            let title = number == 0 ? name : "\(name), \(contender.name)"
            var others = Array(zip(peers, runs[own.count...]))
            if number == 0 { others += Array(zip(own, runs).dropFirst()) }
            for figure in figures(title, runs[number], beside: others) { context.report(figure) }
        }
        for peer in ImageTool.programs { context.reportAbsence(of: peer, suite: Self.suite, name: name) }
    }

    private func figures(
        _ title: String, _ runs: [TransferRun], beside others: [(Contender, [TransferRun])]
    ) -> [Figure] {
        let metrics: [(String, String, (TransferRun) -> Double)] = [
            ("wall", "s", { $0.program.wall }), ("processor", "s", { $0.program.processor }),
            ("registries_processor", "s", { $0.registries }), ("peak_memory", "MiB", { $0.program.peakMemory }),
            ("peak_memory_shared_once", "MiB", { $0.program.peakMemorySharedOnce }),
        ]
        return metrics.flatMap { metric, unit, value in
            let values = runs.map(value)
            guard let range = Self.range(values) else { return [Figure]() }
            var alone = Figure(suite: Self.suite, name: title, metric: metric, value: median(values), unit: unit)
            alone.spread = (range, nil)
            let beside = others.compactMap { contender, runs -> Figure? in
                let others = runs.map(value)
                guard let range = Self.range(others) else { return nil }
                var figure = alone
                figure.peer = (contender.name, median(others), median(values) / max(median(others), 0.000_001))
                figure.spread?.peer = range
                return figure
            }
            return beside.isEmpty ? [alone] : beside
        }
    }

    /// Nil when there is nothing to say, or nothing but zeros.
    private static func range(_ values: [Double]) -> ClosedRange<Double>? {
        guard let least = values.min(), let most = values.max(), most > 0 else { return nil }
        return least...most
    }
}
