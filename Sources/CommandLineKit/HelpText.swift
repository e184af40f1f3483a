// SPDX-License-Identifier: Apache-2.0

/// Help, made from the declarations.
struct HelpText<Context: Sendable> {
    let program: CommandLineProgram<Context>
    init(_ program: CommandLineProgram<Context>) { self.program = program }

    func text(for path: [CommandNode<Context>]) -> String {
        guard let node = path.last else { return overview }
        guard let command = node.make?() else { return group(path) }
        let configuration = node.configuration
        var sections = [configuration.abstract, "usage: \(usage(path))"]
        if !configuration.aliases.isEmpty { sections.append("aliases: \(configuration.aliases.joined(separator: ", "))") }
        if !configuration.discussion.isEmpty { sections.append(wrap(configuration.discussion, indent: 0)) }
        let arguments = command.parameters.filter { $0.kind == .argument }
        if !arguments.isEmpty { sections.append("arguments:\n" + list(arguments)) }
        let options = command.parameters.filter { $0.kind != .argument }
        if !options.isEmpty { sections.append("options:\n" + list(options)) }
        sections.append("global options:\n" + list(ParameterFinder.parameters(of: program.globals.init())))
        if !configuration.examples.isEmpty {
            sections.append("examples:\n" + configuration.examples.map { "  \($0)" }.joined(separator: "\n"))
        }
        return sections.joined(separator: "\n\n") + "\n"
    }

    func usage(_ path: [CommandNode<Context>]) -> String {
        var words = [program.name] + path.map(\.configuration.name)
        guard let command = path.last?.make?() else { return (words + ["COMMAND"]).joined(separator: " ") }
        for box in command.parameters where box.kind == .option && !box.isOptional { words.append("\(box.label) \(box.valueName)") }
        words.append("[options]")
        for box in command.parameters where box.kind == .argument {
            let name = Self.name(box)
            words.append(box.isRepeated ? "[\(name)…]" : box.isOptional ? "[\(name)]" : name)
        }
        return words.joined(separator: " ")
    }

    private static func name(_ box: ParameterBox) -> String {
        box.valueName.isEmpty ? box.propertyName.uppercased() : box.valueName
    }

    private var overview: String {
        var text = "\(program.abstract)\n\nusage: \(program.name) COMMAND [options]\n\ncommands:\n"
        var rows: [(String, String)] = []
        for node in program.nodes {
            if node.make != nil { rows.append((node.configuration.name, node.configuration.abstract)) }
            for child in node.children {
                rows.append(("\(node.configuration.name) \(child.configuration.name)", child.configuration.abstract))
            }
        }
        rows.append(("completion bash|zsh|fish", "Print a completion script for a shell"))
        rows.append(("help [COMMAND|TOPIC]", "Explain a command or a topic"))
        text += columns(rows)
        let topics = program.topics.map { ($0.name, $0.abstract) } + [("exit-codes", "What exit codes mean")]
        return text + "\ntopics:\n" + columns(topics)
    }

    private func group(_ path: [CommandNode<Context>]) -> String {
        guard let node = path.last else { return overview }
        let rows = node.children.map { ($0.configuration.name, $0.configuration.abstract) }
        return "\(node.configuration.abstract)\n\nusage: \(usage(path))\n\ncommands:\n" + columns(rows)
    }

    var exitCodes: String {
        "exit codes:\n" + columns(ExitCode.allCases.map { (String($0.rawValue), $0.meaning) })
    }

    private func list(_ boxes: [ParameterBox]) -> String {
        let text = columns(
            boxes.map { box in
                let name =
                    box.kind == .argument
                    ? Self.name(box)
                    : (box.names.short.map { "-\($0), " } ?? "    ") + box.label + (box.kind == .option ? " \(box.valueName)" : "")
                var help = box.help
                if let value = box.defaultText, !value.isEmpty { help += " (default: \(value))" }
                if let variable = box.environment { help += " [\(variable)]" }
                return (name, help)
            })
        return String(text.dropLast())
    }

    private func columns(_ rows: [(String, String)]) -> String {
        let width = min(rows.map { DisplayWidth.of($0.0) }.max() ?? 0, 34)
        return rows.map { name, help in
            let gap = width - DisplayWidth.of(name)
            let body = wrap(help, indent: width + 4)
            return "  \(name)" + (gap >= 0 ? String(repeating: " ", count: gap + 2) : "\n" + String(repeating: " ", count: width + 4)) + body + "\n"
        }.joined()
    }

    private func wrap(_ text: String, indent: Int) -> String {
        var lines = [""]
        for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
            let line = lines[lines.count - 1]
            if !line.isEmpty && indent + DisplayWidth.of(line) + DisplayWidth.of(String(word)) + 1 > 100 {
                lines.append(String(word))
            } else {
                lines[lines.count - 1] += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }
}
