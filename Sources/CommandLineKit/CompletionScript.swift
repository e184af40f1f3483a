// SPDX-License-Identifier: Apache-2.0

/// Completion scripts for shells, made from the declarations.
struct CompletionScript<Context: Sendable> {
    let program: CommandLineProgram<Context>
    init(_ program: CommandLineProgram<Context>) { self.program = program }

    func text(for shell: String?) throws -> String {
        switch shell {
        case "bash": return bash
        case "zsh": return "autoload -U +X bashcompinit && bashcompinit\n" + bash
        case "fish": return fish
        default: throw UsageError("name a shell: \(program.name) completion bash|zsh|fish")
        }
    }

    /// Words that may follow a path of commands.
    private var words: [(path: String, words: [String])] {
        var result: [(String, [String])] = []
        let globals = ParameterFinder.parameters(of: program.globals.init())
        func visit(_ nodes: [CommandNode<Context>], _ path: String) {
            let extra = path.isEmpty ? ["help", "completion"] : []
            result.append((path, nodes.map(\.configuration.name) + extra))
            for node in nodes {
                let inner = path.isEmpty ? node.configuration.name : "\(path) \(node.configuration.name)"
                if let command = node.make?() {
                    let options = (command.parameters + globals).filter { $0.kind != .argument }.map { "--\($0.longName)" }
                    result.append((inner, options + ["--help"]))
                } else {
                    visit(node.children, inner)
                }
            }
        }
        visit(program.nodes, "")
        return result
    }

    /// The words that an option's value may be, by the option's name.
    private var values: [(option: String, words: [String])] {
        var result: [String: [String]] = [:]
        func visit(_ nodes: [CommandNode<Context>]) {
            for node in nodes {
                for box in node.make?().parameters ?? [] where box.kind == .option && !box.completions.isEmpty {
                    result["--\(box.longName)", default: []] += box.completions.filter { !(result["--\(box.longName)"] ?? []).contains($0) }
                }
                visit(node.children)
            }
        }
        visit(program.nodes)
        for box in ParameterFinder.parameters(of: program.globals.init()) where !box.completions.isEmpty {
            result["--\(box.longName)"] = box.completions
        }
        return result.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private var bash: String {
        let name = program.name.replacing("-", with: "_")
        var text = "_\(name)() {\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path= i\n"
        text += "    for ((i = 1; i < COMP_CWORD; i++)); do\n        [[ ${COMP_WORDS[i]} == -* ]] || path=\"$path ${COMP_WORDS[i]}\"\n    done\n"
        text += "    path=${path# }\n    case $before in\n"
        for value in values { text += "        \(value.option)) COMPREPLY=($(compgen -W '\(value.words.joined(separator: " "))' -- \"$word\")); return ;;\n" }
        text += "    esac\n    case $path in\n"
        for entry in words.reversed() {
            let pattern = entry.path.isEmpty ? "''" : "'\(entry.path)'*"
            text += "        \(pattern)) COMPREPLY=($(compgen -W '\(entry.words.joined(separator: " "))' -- \"$word\")) ;;\n"
        }
        text += "    esac\n    [[ ${#COMPREPLY[@]} -gt 0 || $word == -* ]] || COMPREPLY=($(compgen -f -- \"$word\"))\n}\n"
        return text + "complete -o filenames -F _\(name) \(program.name)\n"
    }

    private var fish: String {
        var text = "complete -c \(program.name) -n __fish_use_subcommand -f -a 'help completion'\n"
        for node in program.nodes {
            let verb = node.configuration.name
            text += "complete -c \(program.name) -n __fish_use_subcommand -f -a \(verb) -d \(quote(node.configuration.abstract))\n"
            for child in node.children {
                text += "complete -c \(program.name) -n '__fish_seen_subcommand_from \(verb)' -f -a \(child.configuration.name) -d \(quote(child.configuration.abstract))\n"
            }
            for command in node.children + (node.make == nil ? [] : [node]) {
                for box in command.make?().parameters ?? [] where box.kind != .argument {
                    let short = box.names.short.map { " -s \($0)" } ?? ""
                    let values = box.kind == .option ? (box.completions.isEmpty ? " -r" : " -x -a \(quote(box.completions.joined(separator: " ")))") : ""
                    text += "complete -c \(program.name) -n '__fish_seen_subcommand_from \(command.configuration.name)' -l \(box.longName)\(short)\(values) -d \(quote(box.help))\n"
                }
            }
        }
        return text
    }

    private func quote(_ text: String) -> String { "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'" }
}
