// SPDX-License-Identifier: Apache-2.0

/// One command of a program. Its properties declare what it takes; parsing fills them before `run`.
///
/// The name of a property in kebab-case names the option: `dryRun` is `--dry-run`.
public protocol Command<Context>: Sendable {
    /// What the program hands to its commands.
    associatedtype Context: Sendable

    /// Name, aliases and help.
    static var configuration: CommandConfiguration { get }
    /// Makes the command with its defaults.
    init()
    /// Checks values against each other; throw a `UsageError`. Called once, after parsing.
    mutating func validate() throws
    /// Does the work. What it throws becomes a report on stderr and an exit code.
    func run(in context: Context) async throws
}

extension Command {
    /// Finds nothing wrong.
    public mutating func validate() throws {}
}

/// Name, aliases and help of a command.
public struct CommandConfiguration: Sendable {
    /// The word that chooses the command.
    public let name: String
    /// Other words that choose it.
    public let aliases: [String]
    /// One line: what it does.
    public let abstract: String
    /// Paragraphs that help shows after the usage line.
    public let discussion: String
    /// Whole command lines.
    public let examples: [String]

    /// Describes a command.
    public init(
        _ name: String, aliases: [String] = [], abstract: String, discussion: String = "", examples: [String] = []
    ) {
        (self.name, self.aliases, self.abstract) = (name, aliases, abstract)
        (self.discussion, self.examples) = (discussion, examples)
    }
}

/// A command, or a verb with the things it applies to.
public struct CommandNode<Context: Sendable>: Sendable {
    let name: String
    let aliases: [String]
    let abstract: String
    let children: [CommandNode]
    let entry: CommandEntry<Context>?
    /// What the verb alone means to somebody at a terminal.
    var conversation: CommandEntry<Context>?
    /// What the verb means when options of this command follow and no thing.
    var own: CommandEntry<Context>?

    /// A command.
    public static func command<C: Command>(_ type: C.Type) -> Self where C.Context == Context {
        let configuration = C.configuration
        return Self(
            name: configuration.name, aliases: configuration.aliases, abstract: configuration.abstract, children: [],
            entry: CommandEntry(configuration: configuration) { C() })
    }

    /// A verb; its commands may also be chosen the other way round, thing first.
    public static func group(_ name: String, abstract: String, _ nodes: [Self]) -> Self {
        Self(name: name, aliases: [], abstract: abstract, children: nodes, entry: nil)
    }

    /// A verb which alone, on a terminal, starts a command that talks with its user.
    public static func group<C: Command>(
        _ name: String, abstract: String, alone conversation: C.Type, _ nodes: [Self]
    ) -> Self where C.Context == Context {
        var node = group(name, abstract: abstract, nodes)
        node.conversation = CommandEntry(configuration: C.configuration) { C() }
        return node
    }

    /// A verb which also does something without a thing, when it is given the options of a command, which takes no
    /// arguments. A thing may follow these options; then they are its own.
    public static func group<C: Command>(
        _ name: String, abstract: String, withOptionsOf command: C.Type, _ nodes: [Self]
    ) -> Self where C.Context == Context {
        var node = group(name, abstract: abstract, nodes)
        node.own = CommandEntry(configuration: C.configuration) { C() }
        return node
    }

    func isNamed(_ word: String) -> Bool { name == word || aliases.contains(word) }
}

/// How to make a command whose type is not known here.
struct CommandEntry<Context: Sendable>: Sendable {
    let configuration: CommandConfiguration
    let make: @Sendable () -> any Command<Context>

    var parameters: [Parameter] { Parameter.all(of: make()) }
}

/// A text that `help` knows besides the commands.
public struct HelpTopic: Sendable {
    /// The word after `help`.
    public let name: String
    /// One line: what it is about.
    public let abstract: String
    /// The text, shown as it is.
    public let text: String

    /// Describes a topic.
    public init(_ name: String, abstract: String, text: String) {
        (self.name, self.abstract, self.text) = (name, abstract, text)
    }
}
