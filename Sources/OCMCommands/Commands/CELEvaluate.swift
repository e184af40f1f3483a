// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import CELWorkbench
internal import CommandLineKit
internal import Documents

/// `ocm cel eval EXPR`
struct CELEvaluate: Command {
    static let configuration = CommandConfiguration(
        "eval", abstract: "Evaluate an expression",
        discussion: """
            Variables come from --input, then from --var. Their types are known when the expression runs; --declare \
            tells them before, and makes timestamps, durations and bytes of strings.

            Text shows a string as it is and every other value as an expression would write it. In JSON and YAML bytes \
            are base64, timestamps, durations and values of libraries are strings, and a missing optional is null; NaN \
            and infinity are errors. With --unknown they hold {"value": …} or {"unknown": [PATH, …]}.

            An expression that begins with a minus sign follows --.
            """,
        examples: [
            "ocm cel eval 'replicas * 2' --var replicas=3",
            "kubectl get deployment web -o yaml | ocm cel eval --profile flux --input - "
                + "'status.readyReplicas == spec.replicas'",
            "ocm cel eval 'd.spec.template.spec.containers.map(c, c.image)' --var d=@deployment.yaml -o json",
            "ocm cel eval 'now - created > duration(\"1h\")' --declare now=timestamp --declare created=timestamp "
                + "--var now=2026-01-02T00:00:00Z --var created=2026-01-01T00:00:00Z",
            "ocm cel eval 'enabled && db.status.ready' --var enabled=false --unknown db.status",
        ])

    @OptionGroup var source: ExpressionSource
    @OptionGroup var inputs: SessionOptions
    @Option(
        name: "unknown", help: "treat this variable, or this part of one, as not known yet; repeatable",
        valueName: "PATH")
    var unknown: [AttributePath] = []
    @Flag(help: "do not check types before the expression runs") var unchecked = false
    @Option(help: "the most steps the expression may take") var maxSteps = EvaluationLimits.standard.steps
    @Option(help: "the most bytes that what it makes may hold") var maxBytes = EvaluationLimits.standard.bytes
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    mutating func validate() throws {
        try inputs.validate(with: source)
        guard maxSteps > 0, maxBytes > 0 else { throw UsageError("--max-steps and --max-bytes must be at least 1") }
    }

    func run(in context: OCMContext) async throws {
        var session = try inputs.session()
        session.unknown = unknown
        session.limits = EvaluationLimits(steps: maxSteps, bytes: maxBytes)
        let expression = try source.read()
        let program = try session.compile(expression.text, name: expression.name, isChecked: !unchecked)
        switch try Self.evaluate(program, in: session) {
        case .value(let value):
            guard !output.isForPeople else { return context.present(.null, as: output) { value.text } }
            let json = try value.json()
            context.present(unknown.isEmpty ? json : ["value": json], as: output) { value.text }
        case .unknown(let paths):
            let paths = paths.sorted().map(\.description)
            context.present(["unknown": .array(paths.map { .string($0) })], as: output) {
                "unknown until these are known:\n" + paths.map { "  \($0)" }.joined(separator: "\n")
            }
        }
    }

    private static func evaluate(_ program: Program, in session: Session) throws(Fault) -> Program.PartialResult {
        do throws(Fault) { return try session.evaluate(program) } catch {
            guard error.code == .limitExceeded else { throw error }
            throw Fault(error.code, error.message, fix: "--max-steps and --max-bytes allow more")
        }
    }
}
