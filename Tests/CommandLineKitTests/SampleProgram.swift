// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit

/// Options of the sample program, as a real one declares them.
struct SampleGlobals: ParsableOptions {
    @Option(help: "configuration; repeatable", valueName: "FILE", completion: .file) var config: [String] = []
    @Option(help: "how progress is shown", environment: "SAMPLE_PROGRESS") var progress = ProgressMode.auto
    @Option(help: "use colour") var color = ColorChoice.auto
    @Flag(help: "show codes") var debug = false
    init() {}
}

enum SampleFormat: String, ArgumentValue, CaseIterable { case text, table, json }

struct SampleGroup: ParsableOptions {
    @Flag(short: "r", help: "go down") var recursive = false
    @Flag(short: "V", help: "copy contents") var copyResources = false
    @Option(short: "j", help: "how many at once") var concurrencyLimit = 2
    @Option(short: "o", help: "text, table or json") var output = SampleFormat.text
    init() {}
}

/// Prints what it was given, or throws what its first argument names.
struct AddThing: Command {
    static let configuration = CommandConfiguration(
        "thing", aliases: ["th", "things"], abstract: "Add a thing", discussion: "It says what it got.",
        examples: ["sample add thing a b -rV"])

    @Argument(help: "the place") var place: String
    @Argument(help: "names", valueName: "NAME", completion: .file) var names: [String] = []
    @Option(short: "F", help: "an archive", valueName: "ARCHIVE", completion: .folder) var file: String?
    @Flag(short: "f", help: "without asking") var force = false
    @Option(short: "s", help: "settings; repeatable", valueName: "FILE", completion: .file) var settings: [String] = []
    @OptionGroup var group: SampleGroup

    mutating func validate() throws {
        guard (1...64).contains(group.concurrencyLimit) else {
            throw UsageError("--concurrency-limit must be 1 to 64")
        }
    }

    func run(in context: SampleContext) async throws {
        if let failure = SampleContext.failures[place] { throw failure }
        let switches = [(force, "force"), (group.recursive, "recursive"), (group.copyResources, "copy")]
        context.terminal.output(
            ([place] + names + settings.map { "s:\($0)" } + switches.filter(\.0).map(\.1)
                + [
                    "F:\(file ?? "-")", "j:\(group.concurrencyLimit)", "o:\(group.output.rawValue)",
                    "c:\(context.globals.config.joined(separator: "+"))",
                    "p:\(context.globals.progress.rawValue)",
                ]).joined(separator: " "))
    }
}

struct GetThing: Command {
    static let configuration = CommandConfiguration("thing", aliases: ["th"], abstract: "Get a thing")
    @Argument(help: "where from") var sources: [String]
    @Argument(help: "where to") var target: String
    @Option(name: "output", short: "O", help: "a file named by its user") var path: String

    func run(in context: SampleContext) async throws {
        context.terminal.output("\(sources.joined(separator: "+")) > \(target) \(path)")
    }
}

struct SampleContext: Sendable {
    let globals: SampleGlobals
    let terminal: Terminal
    static let failures: [String: Fault] = [
        "mismatch": Fault(.mismatch, "the blob is damaged", fix: "fetch it again"),
        "unverified": Fault(.unverified, "the signature is wrong"),
        "unauthorized": Fault(.unauthorized, "no credentials"), "forbidden": Fault(.forbidden, "not allowed"),
        "partial": Fault(.partial, "3 of 4 done"), "cancelled": Fault(.cancelled, "stopped"),
        "chain": Fault(
            .unavailable, "cannot reach the registry", fix: "check the name",
            cause: Fault(.system, "connection refused", cause: Fault(.internal, "errno 111"))),
    ]
}

/// What a run wrote and how it ended.
struct Outcome: Sendable {
    let code: ExitCode, output: String, error: String
}

/// Two streams that are kept.
final class Recorder: Sendable {
    private let streams = Guarded((output: [UInt8](), error: [UInt8]()))
    let terminal: Terminal

    init(width: Int = 80, isTTY: Bool = false, failure: Int32? = nil) {
        let streams = streams
        terminal = Terminal(
            width: width, isTTY: isTTY,
            output: { bytes in
                streams.withLock { $0.output += bytes }
                return failure
            }, error: { bytes in streams.withLock { $0.error += bytes } })
    }

    var output: String { streams.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var error: String { streams.withLock { String(decoding: $0.error, as: UTF8.self) } }
}

enum Sample {
    static let program = CommandLineProgram<SampleContext>(
        name: "sample", abstract: "A program for tests", version: "1.2.3", globals: SampleGlobals.self,
        nodes: [
            .group("add", abstract: "Add things", [.command(AddThing.self)]),
            .group("get", abstract: "Get things", [.command(GetThing.self)]), .command(WaitForSignal.self),
        ],
        topics: [HelpTopic("formats", abstract: "What -o gives", text: "text is for people.")])

    static func run(
        _ arguments: [String], _ environment: [String: String] = [:], recorder: Recorder = Recorder()
    ) async -> Outcome {
        let terminal = recorder.terminal
        let code = await program.run(
            arguments: arguments, environment: Environment(environment), terminal: terminal
        ) { globals in SampleContext(globals: globals, terminal: terminal) }
        return Outcome(code: code, output: recorder.output, error: recorder.error)
    }

    /// Splits at blanks.
    static func run(line: String, _ environment: [String: String] = [:]) async -> Outcome {
        await run(line.split(separator: " ").map(String.init), environment)
    }
}
