// SPDX-License-Identifier: Apache-2.0

/// Scripts that make a shell ask the program what may follow; the answers come from its declarations.
struct CompletionScript {
    let program: String

    static var shells: [String] { ["bash", "zsh", "fish"] }

    /// The script for a shell.
    func text(for shell: String) throws(UsageError) -> String {
        switch shell {
        case "bash": return bash
        case "zsh": return zsh
        case "fish": return fish
        default:
            throw UsageError("there is no completion for “\(shell)”", fix: "use \(Self.shells.joined(separator: ", "))")
        }
    }

    /// The program's name as part of a function's name.
    private var function: String { "_\(String(program.map { $0.isLetter || $0.isNumber ? $0 : "_" }))_complete" }

    private var bash: String {
        """
        # bash completion for \(program); use it with: source <(\(program) completion bash)
        \(function)() {
            local current="${COMP_WORDS[COMP_CWORD]}" line value
            [[ $current == "=" ]] && current=""
            COMPREPLY=()
            while IFS= read -r line; do
                case $line in
                    :file) compopt -o filenames 2>/dev/null
                        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current") ;;
                    :folder) compopt -o filenames 2>/dev/null
                        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$current") ;;
                    *) value=${line%%$'\\t'*}
                        [[ $value == --*=* ]] && value=${value#*=}
                        COMPREPLY+=("$value") ;;
                esac
            done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -F \(function) \(program)

        """
    }

    private var zsh: String {
        """
        #compdef \(program)
        # zsh completion for \(program); put it into a folder of $fpath as _\(program)
        \(function)() {
            local line
            local -a answers
            for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                case $line in
                    ("") ;;
                    (:file) _files ;;
                    (:folder) _files -/ ;;
                    (*) line=${line//:/\\\\:}
                        answers+=("${line/$'\\t'/:}") ;;
                esac
            done
            (( ${#answers} )) && _describe -t answers '\(program)' answers
        }
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
            \(function) "$@"
        else
            compdef \(function) \(program)
        fi

        """
    }

    private var fish: String {
        """
        # fish completion for \(program); use it with: \(program) completion fish | source
        function _\(function)
            set -l words (commandline -opc) (commandline -ct)
            for line in (command $words[1] __complete $words[2..-1] 2>/dev/null)
                switch $line
                    case :file
                        __fish_complete_path (commandline -ct)
                    case :folder
                        __fish_complete_directories (commandline -ct)
                    case '*'
                        echo $line
                end
            end
        end
        complete -c \(program) -f -a '(_\(function))'

        """
    }
}
