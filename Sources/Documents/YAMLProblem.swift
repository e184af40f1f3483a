// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CYAML

/// Why libyaml stopped reading.
struct YAMLProblem {
    private let kind: yaml_error_type_t
    private let problem: String
    private let position: SourcePosition
    private let context: String?
    private let contextPosition: SourcePosition
    private let byteOffset: Int

    init(_ parser: yaml_parser_t) {
        unsafe kind = parser.error
        problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "the text is no YAML"
        position = SourcePosition(unsafe parser.problem_mark)
        context = unsafe parser.context.map { unsafe String(cString: $0) }
        contextPosition = SourcePosition(unsafe parser.context_mark)
        byteOffset = unsafe Int(clamping: parser.problem_offset)
    }

    /// The failure for the reader of the text: place, what libyaml says, and what usually is wrong with such a line.
    func fault(_ source: String, _ input: Span<UInt8>) -> Fault {
        switch kind {
        case YAML_MEMORY_ERROR: return Fault(.system, "there is no memory to read \(source)")
        case YAML_READER_ERROR:
            let place = SourcePosition(of: byteOffset, in: input)
            return Fault(
                .invalid, "\(source):\(place): \(problem)",
                fix: "remove the character, or write it as an escape in double quotes")
        default:
            // The context of a mistake in one line is that line; only an earlier start helps.
            let start = contextPosition.line < position.line ? context : nil
            let since = start.map { " (\($0), which starts at \(contextPosition))" } ?? ""
            return Fault(.invalid, "\(source):\(position): \(problem)\(since)", fix: fix(line(in: input)))
        }
    }

    private func line(in input: Span<UInt8>) -> String {
        var line = 1, start = 0
        while start < input.count, line < position.line {
            if input[start] == UInt8(ascii: "\n") { line += 1 }
            start += 1
        }
        var bytes: [UInt8] = []
        // Enough to recognise the mistake; a line may be as long as the file.
        while start < input.count, input[start] != UInt8(ascii: "\n"), bytes.count < 400 {
            bytes.append(input[start])
            start += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func fix(_ line: String) -> String {
        let content = line.drop { $0 == " " }
        if content.first == "\t" { return "indent with spaces, not with tabs" }
        let value = content.split(separator: ": ", maxSplits: 1).last?.trimmed ?? ""
        if let first = value.first, "@`%".contains(first) {
            return "quote the value: YAML reserves “\(first)” at its start"
        }
        if content.split(separator: ": ").count > 2 { return "quote the value, because it holds “: ”" }
        if kind == YAML_SCANNER_ERROR { return "check quotes, colons and brackets on this line and the one above" }
        return "check the indentation of this line and of the one above, and that every bracket is closed"
    }
}
