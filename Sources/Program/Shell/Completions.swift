/// `premise completions bash|zsh|fish`: what a shell proposes behind what was typed.
///
///     source <(premise completions bash)
///
/// Commands and options are taken from the help texts, so that neither can lack what the other has.
enum Completions {
  enum Shell: String, CaseIterable { case bash, zsh, fish }

  static let help = """
    premise completions bash|zsh|fish

      prints what makes the shell complete commands, options and their values:
        bash   source <(premise completions bash)                      in ~/.bashrc
        zsh    premise completions zsh > "${fpath[1]}/_premise"
        fish   premise completions fish > ~/.config/fish/completions/premise.fish
    """

  static func run(_ arguments: [String]) throws {
    if arguments.contains("--help") { return FileHandle.standardOutput.write(help + "\n") }
    guard arguments.count == 1, let shell = Shell(rawValue: arguments[0]) else {
      throw UsageError("'completions' wants the name of a shell: bash, zsh or fish")
    }
    FileHandle.standardOutput.write(text(for: shell))
  }

  static func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  // MARK: - What there is

  /// The commands with their options, in the order of the help.
  static let commands: [(name: String, options: [CommandOption])] = HelpTexts.all.map {
    ($0.name, CommandOption.options(in: $0.text))
  }

  private static var names: String { commands.map(\.name).joined(separator: " ") }

  // MARK: - Shells

  private static var bash: String {
    let cases = commands.map { command in
      "    \(command.name)) options=\"\(command.options.map { "--\($0.name)" }.joined(separator: " "))\" ;;"
    }
    let values = commands.flatMap { command in
      command.options.filter { !$0.choices.isEmpty }.map { option in
        "    '\(command.name) --\(option.name)') COMPREPLY=($(compgen -W \"\(option.choices.joined(separator: " "))\" -- \"$word\")); return ;;"
      }
    }
    return """
      _premise() {
        local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" options=""
        if [ "$COMP_CWORD" = 1 ]; then
          COMPREPLY=($(compgen -W "\(names) --help --version" -- "$word"))
          return
        fi
        case "${COMP_WORDS[1]} $before" in
      \(values.joined(separator: "\n"))
        esac
        case "${COMP_WORDS[1]}" in
      \(cases.joined(separator: "\n"))
        esac
        case "$word" in
          -*) COMPREPLY=($(compgen -W "$options --help" -- "$word")) ;;
          *) COMPREPLY=($(compgen -f -- "$word")) ;;
        esac
      }
      complete -o filenames -F _premise premise

      """
  }

  private static var zsh: String {
    let cases = commands.map { command in
      let options = command.options.map { option in
        let value =
          option.choices.isEmpty ? (option.takesValue ? ":value:_files" : "") : ":value:(\(option.choices.joined(separator: " ")))"
        return "'*--\(option.name)\(value.isEmpty ? "" : "=")[\(option.words.quotedForZsh)]\(value)'"
      }
      return "    \(command.name)) _arguments \(options.joined(separator: " ")) '*:file:_files' ;;"
    }
    return """
      #compdef premise
      if (( CURRENT == 2 )); then
        _values command \(names)
      else
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in
      \(cases.joined(separator: "\n"))
        esac
      fi

      """
  }

  private static var fish: String {
    let lines = commands.flatMap { command in
      ["complete -c premise -n __fish_use_subcommand -f -a \(command.name)"]
        + command.options.map { option in
          let value =
            option.choices.isEmpty ? (option.takesValue ? " -r" : "") : " -x -a '\(option.choices.joined(separator: " "))'"
          return "complete -c premise -n '__fish_seen_subcommand_from \(command.name)' -l \(option.name)\(value)"
            + " -d '\(option.words.replacing("'", with: "\\'"))'"
        }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  fileprivate var quotedForZsh: String {
    replacing("'", with: "").replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: " ")
  }
}
