// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Knows how the errors of one run are to be written, as early as the command line tells.
struct Reporter {
    let terminal: Terminal
    /// Shown below usage errors.
    var usage: String?
    private var style = ErrorReport.Style()
    private var colorChoice: ColorChoice?

    init(terminal: Terminal) { self.terminal = terminal }

    /// Looks at raw words, because a command line that cannot be parsed should be answered in its own format too.
    mutating func look(at words: [String], _ parameters: [Parameter]) {
        let words = Array(words.prefix { $0 != "--" })
        for parameter in parameters {
            let long = "--\(parameter.name)"
            if parameter.name == "debug", parameter.role == .flag, words.contains(long) { style.showsCodes = true }
            guard parameter.role == .option else { continue }
            let short = parameter.declaration.short.map { "-\($0)" }
            func has(_ value: String) -> Bool {
                words.contains("\(long)=\(value)") || short.map { words.contains("\($0)\(value)") } ?? false
                    || zip(words, words.dropFirst()).contains { ($0 == long || $0 == short) && $1 == value }
            }
            if Self.isFormat(parameter), has("json") || has("ndjson") { style.isJSON = true }
            if parameter.name == "color" { colorChoice = ColorChoice.allCases.first { has($0.rawValue) } }
        }
    }

    /// Takes the parsed values in place of the looks of the words.
    mutating func settle(_ parser: ArgumentParser) {
        style.isJSON = parser.parameters.contains { Self.isFormat($0) && ["json", "ndjson"].contains($0.storage.text) }
        style.showsCodes = parser.named("debug")?.storage.text == "true"
    }

    /// An option `--output` whose values are formats.
    private static func isFormat(_ parameter: Parameter) -> Bool {
        parameter.name == "output" && parameter.declaration.values.contains("json")
    }

    /// Writes an error; returns the exit code for it.
    func report(_ error: any Error) -> ExitCode {
        var style = style
        style.usesColor = colorChoice.map { $0 == .always || $0 == .auto && terminal.usesColor } ?? terminal.usesColor
        if let stop = error as? Interruption {
            guard let inner = stop.error else {
                terminal.note(ErrorReport(Fault(.cancelled, "interrupted")).text(style))
                return .interrupted
            }
            terminal.note(ErrorReport(inner).text(style))
            return .interrupted
        }
        terminal.note(ErrorReport(error).text(style))
        if error is UsageError, let usage, !style.isJSON { terminal.note(usage) }
        return ExitCode(error)
    }

    /// Checks that the answer got out. A reader that closed its end early had enough; that is no error.
    func finish() -> ExitCode {
        guard let number = terminal.console.failure, number != EPIPE else { return .done }
        return report(Fault.system(number, "write to standard output"))
    }
}

extension Terminal {
    /// Writes an error to stderr as a program does, for a command that goes on after it.
    public func report(_ error: any Error) { note(ErrorReport(error).text(ErrorReport.Style(usesColor: usesColor))) }
}
