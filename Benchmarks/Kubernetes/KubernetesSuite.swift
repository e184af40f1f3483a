// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import TestServers

/// `benchmarks kubernetes`
struct KubernetesSuite: Command {
    static let configuration = CommandConfiguration(
        "kubernetes", abstract: "The Kubernetes API and the delivery controllers of a site",
        discussion: """
            Each round starts the programs on empty folders. Client and server are on one machine and take the processor
            from each other, so the server's own processor time stands beside each rate.
            """)

    @Option(help: "the program to measure; by default the one beside this", valueName: "FILE", completion: .file)
    var sovereign: String?
    @Option(help: "only these rows: objects, watches, memory, components; may be repeated", valueName: "PART")
    var only: [String] = []

    private enum Part: String, CaseIterable { case objects, watches, memory, components }

    func run(in context: BenchmarkContext) async throws {
        let own = FileSystem.folder(of: try FileSystem.realPath("/proc/self/exe"))
        let program = sovereign ?? FileSystem.join(own, "sovereign")
        guard FileSystem.exists(program) else {
            throw Fault(.notFound, "there is no program \(program) to measure", fix: "build it: make release")
        }
        let parts = try only.map { name throws(UsageError) in
            guard let part = Part(rawValue: name) else { throw UsageError("there is no part “\(name)” of this suite") }
            return part
        }
        var figures = RoundFigures()
        for round in 1...context.options.rounds {
            for part in parts.isEmpty ? Part.allCases : parts {
                context.say("round \(round): \(part.rawValue)")
                let work = try context.workFolder()
                let divisor = context.options.divisor
                switch part {
                case .objects: try await objects(program, work.path, divisor, &figures)
                case .watches: try await watches(program, work.path, divisor, &figures)
                case .memory: try await memory(program, work.path, divisor, &figures)
                case .components: try await components(program, work.path, divisor, &figures)
                }
            }
        }
        figures.report(to: context, suite: "kubernetes")
    }

    private func objects(
        _ program: String, _ work: String, _ divisor: Int, _ figures: inout RoundFigures
    ) async throws {
        let process = try await ClusterProcess(.api, program, folder: "\(work)/objects")
        let load = ClusterLoad(process: process, namespace: "objects")
        let count = 10_000 / divisor
        try await load.makeNamespace()
        figures.add("creates, 16 at once", try await load.rate(count) { try await load.create($0) })
        figures.add("updates, 16 at once", try await load.rate(count) { try await load.update($0, state: 1) })
        figures.add("gets, 16 at once", try await load.rate(count * 2) { try await load.get($0 % count) })
        try await list(load, count, nil, "application/json", "list of \(count), whole", &figures)
        try await list(load, count, 500, "application/json", "list of \(count), pages of 500", &figures)
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io"
        try await list(load, count, 500, table, "list of \(count) as tables, pages of 500", &figures)
        // Others than before: nobody but the applier has fields of these.
        let applied = ClusterLoad(process: process, namespace: "applied")
        try await applied.makeNamespace()
        let spread = max(1, count / 10)
        figures.add(
            "server-side applies, 16 at once",
            try await load.rate(count) { try await applied.apply($0 % spread, state: $0) })
        figures.add("server after these", "memory", process.memory, "MiB")
    }

    private func list(
        _ load: ClusterLoad, _ count: Int, _ size: Int?, _ accept: String, _ name: String,
        _ figures: inout RoundFigures
    ) async throws {
        let (start, used) = (ContinuousClock.now, load.process.processor)
        let bytes = try await load.list(pages: size, accept: accept)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        figures.add(name, "wall", seconds, "s")
        figures.add(name, "server_processor", load.process.processor - used, "s")
        figures.add(name, "rate", Double(bytes) / 1e6 / seconds, "MB/s")
    }

    private func watches(
        _ program: String, _ work: String, _ divisor: Int, _ figures: inout RoundFigures
    ) async throws {
        let process = try await ClusterProcess(.api, program, folder: "\(work)/watches")
        let watchers = max(1, 500 / divisor), updates = max(1, 1000 / divisor)
        for (namespace, selector) in [("all", nil), ("selected", "app=bench,part notin (11,12)")] {
            let load = ClusterLoad(process: process, namespace: namespace)
            try await load.makeNamespace()
            let (wall, processor) = try await load.watched(by: watchers, updates: updates, selector: selector)
            let name = "\(watchers) watchers × \(updates) updates" + (selector == nil ? "" : ", with a selector")
            figures.add(name, "wall", wall, "s")
            figures.add(name, "rate", Double(watchers * updates) / wall, "events/s")
            figures.add(name, "server_processor", processor, "s")
        }
        figures.add("server after the watches", "memory", process.memory, "MiB")
    }

    private func memory(
        _ program: String, _ work: String, _ divisor: Int, _ figures: inout RoundFigures
    ) async throws {
        let folder = "\(work)/memory", count = 50_000 / divisor
        do {
            let process = try await ClusterProcess(.api, program, folder: folder)
            figures.add("start of apiserver, empty folder", "wall", process.start * 1000, "ms")
            figures.add("server that was just started", "memory", process.memory, "MiB")
            let load = ClusterLoad(process: process, namespace: "objects")
            try await load.makeNamespace()
            _ = try await load.rate(count) { try await load.create($0) }
            figures.add("server, \(count) objects created", "memory", process.memory, "MiB")
            try await Task.sleep(for: .seconds(5))
            figures.add("the same, 5 s later", "memory", process.memory, "MiB")
        }
        let process = try await ClusterProcess(.api, program, folder: folder)
        figures.add("start of apiserver, \(count) objects", "wall", process.start * 1000, "ms")
        try await Task.sleep(for: .seconds(5))
        figures.add("server started on \(count) objects, idle", "memory", process.memory, "MiB")
    }

    private func components(
        _ program: String, _ work: String, _ divisor: Int, _ figures: inout RoundFigures
    ) async throws {
        let load = try ComponentLoad(count: max(1, 1000 / divisor)), folder = "\(work)/site"
        // The Components name the registry, so it stays where it is.
        let port = try ServerProgram.freePort()
        do {
            let process = try await ClusterProcess(.site, program, folder: folder, registryPort: port)
            figures.add("start of up, empty folder", "wall", process.start * 1000, "ms")
            figures.add("site that was just started", "memory", process.memory, "MiB")
            try await load.push(to: process.registry)
        }
        let name = "\(load.count) Components, verified, from cold"
        do {
            let process = try await ClusterProcess(.site, program, folder: folder, registryPort: port)
            let watch = ProcessWatch(childWith: folder)
            let asked = try await ComponentLoad.requests(of: process.registry)
            let (start, used) = (ContinuousClock.now, process.processor)
            try await load.resolve(in: process)
            figures.add(name, "wall", (ContinuousClock.now - start) / .seconds(1), "s")
            figures.add(name, "site_processor", process.processor - used, "s")
            figures.add(
                name, "requests", try await ComponentLoad.requests(of: process.registry) - asked, "to the registry")
            figures.add(name, "peak_memory", watch.end().memory, "MiB")
        }
        let process = try await ClusterProcess(.site, program, folder: folder, registryPort: port)
        figures.add("start of up, \(load.count) Components", "wall", process.start * 1000, "ms")
    }
}
