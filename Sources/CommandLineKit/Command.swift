// SPDX-License-Identifier: Apache-2.0

/// One verb of a program: its parameters are its properties, its work is `run`.
public protocol Command: Sendable {
    /// What the program hands to every command.
    associatedtype Context: Sendable
    /// Name, aliases and texts.
    static var configuration: CommandConfiguration { get }
    /// The command with its defaults.
    init()
    /// Refuses parameters that do not go together; throws `UsageError`.
    mutating func validate() throws
    /// Does the work.
    func run(in context: Context) async throws
}

extension Command {
    public mutating func validate() throws {}
}

/// Name and texts of a command.
public struct CommandConfiguration: Sendable {
    /// The name on the command line.
    public let name: String
    /// Other names.
    public let aliases: [String]
    /// One line that says what it does.
    public let abstract: String
    /// More about it.
    public let discussion: String
    /// Command lines to learn from.
    public let examples: [String]

    /// Describes a command.
    public init(_ name: String, aliases: [String] = [], abstract: String, discussion: String = "", examples: [String] = []) {
        (self.name, self.aliases, self.abstract) = (name, aliases, abstract)
        (self.discussion, self.examples) = (discussion, examples)
    }
}

/// A text that `help` shows.
public struct HelpTopic: Sendable {
    let name: String, abstract: String, text: String
    /// A topic.
    public init(_ name: String, abstract: String, text: String) { (self.name, self.abstract, self.text) = (name, abstract, text) }
}

/// A command or a group of commands.
public struct CommandNode<Context: Sendable>: Sendable {
    let configuration: CommandConfiguration
    let children: [CommandNode]
    let make: (@Sendable () -> ParsedCommand<Context>)?

    /// A command; it is made only when it is chosen.
    public static func command<C: Command>(_ type: C.Type) -> CommandNode where C.Context == Context {
        CommandNode(configuration: C.configuration, children: [], make: { ParsedCommand(C()) })
    }

    /// A group of commands.
    public static func group(_ name: String, aliases: [String] = [], abstract: String, _ children: [CommandNode]) -> CommandNode {
        CommandNode(configuration: CommandConfiguration(name, aliases: aliases, abstract: abstract), children: children, make: nil)
    }

    func isNamed(_ word: String) -> Bool { configuration.name == word || configuration.aliases.contains(word) }
}

/// A command with its parameters found.
struct ParsedCommand<Context: Sendable>: Sendable {
    let parameters: [ParameterBox]
    let validateAndRun: @Sendable (Context) async throws -> Void
    let validate: @Sendable () throws -> Void

    init<C: Command>(_ command: C) where C.Context == Context {
        parameters = ParameterFinder.parameters(of: command)
        validate = {
            var copy = command
            try copy.validate()
        }
        validateAndRun = { try await command.run(in: $0) }
    }
}

/// Finds the parameters that a value declares, in the order of its properties.
enum ParameterFinder {
    static func parameters(of value: Any) -> [ParameterBox] {
        Mirror(reflecting: value).children.flatMap { child -> [ParameterBox] in
            if let group = child.value as? any GroupWrapper { return parameters(of: group.group) }
            guard let wrapper = child.value as? any ParameterWrapper else { return [] }
            // A wrapped property `copyResources` is stored as `_copyResources`.
            wrapper.box.propertyName = kebab((child.label ?? "").drop { $0 == "_" })
            return [wrapper.box]
        }
    }

    static func kebab(_ name: Substring) -> String {
        name.reduce(into: "") { text, character in
            if character.isUppercase && !text.isEmpty { text += "-" }
            text += character.lowercased()
        }
    }
}
