// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELLibraries
import CommandLineKit
import Documents

/// `benchmarks cel`
struct ExpressionSuite: Command {
    static let configuration = CommandConfiguration(
        "cel",
        abstract:
            "Nanoseconds to evaluate and to compile seventeen expressions, beside the reference's recorded figures",
        discussion: """
            The expressions, their variables and the figures of cel-go with its optimisations come from bench.json of \
            the vectors. Compiling is reading, checking and planning; evaluating runs a compiled program. Each figure is \
            the fastest of several batches, as everything slower was disturbed.
            """)

    @Option(
        help: "the folder with cel/bench.json", valueName: "DIR", environment: "SOVEREIGN_VECTORS", completion: .folder)
    var vectors = "../shared/vectors"
    @Option(help: "only the cases whose name contains this", valueName: "TEXT") var only: String?

    func run(in context: BenchmarkContext) async throws {
        let document = try ExpressionCases(file: FileSystem.join(vectors, "cel/bench.json"))
        for test in document.cases where only.map({ test.name.contains($0) }) ?? true {
            let program = try document.environment.compile(test.expression)
            let variables = document.variables
            _ = try program.evaluate(variables)
            context.report(
                test.figure("eval_ns", nanoseconds { _ = try? program.evaluate(variables) }, "eval_optimized_ns"))
            let environment = document.environment
            context.report(
                test.figure("compile_ns", nanoseconds { _ = try? environment.compile(test.expression) }, "compile_ns"))
        }
    }

    /// The time of one run: the fastest of seven batches of twenty milliseconds at least.
    private func nanoseconds(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        var count = 1
        while clock.measure({ for _ in 0..<count { body() } }) < .milliseconds(20) { count *= 2 }
        var best = Double.infinity
        for _ in 0..<7 {
            let (seconds, attoseconds) = clock.measure { for _ in 0..<count { body() } }.components
            best = min(best, (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count))
        }
        return best
    }
}

/// Expressions to measure, with the variables they read.
private struct ExpressionCases {
    struct Case {
        let name: String
        let expression: String
        let reference: JSON

        /// A figure beside the reference's.
        func figure(_ metric: String, _ value: Double, _ recorded: String) -> Figure {
            var figure = Figure(suite: "cel", name: name, metric: metric, value: value, unit: "ns")
            if let peer = reference[recorded]?.double { figure.peer = ("cel-go 0.28, recorded", peer, value / peer) }
            return figure
        }
    }

    let environment: CEL.Environment
    let variables: Variables
    let cases: [Case]

    init(file: String) throws {
        guard FileSystem.exists(file) else {
            throw Fault(.notFound, "there is no \(file)", fix: "name the folder of the vectors with --vectors")
        }
        let document = try JSON(parsing: FileSystem.read(file, limit: 1 << 20), source: file)
        var variables = Variables(), types: [String: CELType] = [:]
        for (name, value) in document["variables"]?.object ?? [:] { variables[name] = Value(value) }
        for (name, type) in document["types"]?.object ?? [:] {
            types[name] =
                switch type.string {
                case "int": .int
                case "string": .string
                case "list(int)": .list(.int)
                case "list(map(string, dyn))": .list(.map(.string, .dyn))
                default: .dyn
                }
        }
        self.variables = variables
        environment = Profile.standard.environment(variables: types)
        cases = (document["cases"]?.array ?? []).compactMap { item in
            guard let name = item["name"]?.string, let expression = item["expr"]?.string else { return nil }
            return Case(name: name, expression: expression, reference: item["reference"] ?? [:])
        }
    }
}
