// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Evidence

/// `ocm evidence show FILE`
struct ShowEvidence: Command {
    static let configuration = CommandConfiguration(
        "show", abstract: "Show the entries of a log of evidence, each checked before it is shown",
        examples: ["ocm evidence show transfer.jsonl --component example.org/app -o json"])

    @Argument(help: "the log", valueName: "FILE", completion: .file) var file: String
    @Option(help: "only entries about this component", valueName: "NAME") var component: String?
    @Option(short: "o", help: "table, json or ndjson") var output = OutputFormat.table

    mutating func validate() throws {
        guard output != .yaml else { throw UsageError("-o is table, json or ndjson") }
    }

    /// Entries are printed as they are read, so that a long log needs no more memory than a short one.
    func run(in context: OCMContext) async throws {
        var isFirst = true
        if output == .json { context.terminal.output("[") }
        let (component, output) = (component, output)
        if output.isForPeople { context.print(Self.row("#", "TIME", "EVENT", "WHAT")) }
        defer { if output == .json { context.terminal.output(isFirst ? "]\n" : "\n]\n") } }
        _ = try EvidenceVerifier(file).verify { entry throws(Fault) in
            if let component, entry.data["component"]?.string != component { return }
            switch output {
            case .json:
                context.terminal.output("\(isFirst ? "\n" : ",\n")  \(entry.json.text())")
            case .ndjson: context.print(entry.json.text())
            default: context.print(Self.row("\(entry.sequence)", entry.time, entry.event, entry.text))
            }
            isFirst = false
        }
    }

    private static func row(_ number: String, _ time: String, _ event: String, _ text: String) -> String {
        func pad(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        return "\(pad(number, 6))  \(pad(time, 20))  \(pad(event, 18))  \(text)"
    }
}

extension EvidenceEntry {
    /// What the entry is about, in one line without control characters.
    fileprivate var text: String {
        var words: [String] = []
        if let component = data["component"]?.string {
            words.append("\(component):\(data["version"]?.string ?? "")")
        }
        for key in [
            "program", "command", "resource", "source", "signature", "algorithm", "action", "operation", "outcome",
            "digest", "key", "size", "mediaType", "moved", "spared", "from", "to", "reason",
        ] {
            switch data[key] {
            case .string(let text)?: words.append("\(key) \(text)")
            case .number(let number)?: words.append("\(key) \(number.text)")
            default: break
            }
        }
        return String(
            words.joined(separator: ", ").map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } == true ? " " : $0 })
    }
}
