// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import CommandLineKit
internal import RegistryServer

/// `sovereign registry explain`
struct RegistryExplain: Command {
    static let configuration = CommandConfiguration(
        "explain", abstract: "Say which rule allows somebody something, or that none does",
        discussion: "Exits with 0 when it is allowed and with 4 when it is not. Groups of the configuration count too.",
        examples: ["sovereign registry explain --config registry.yaml --user alice push team-a/app"])

    @Argument(help: "pull, push or delete", valueName: "ACTION") var action: ExplainedAction
    @Argument(help: "the repository", valueName: "REPOSITORY") var repository: String
    @Option(help: "the configuration with the rules", valueName: "FILE", completion: .file) var config: String
    @Option(help: "the user; nobody in particular if not given", valueName: "NAME") var user: String?
    @Option(help: "a group of theirs; repeatable", valueName: "NAME") var group: [String] = []

    func run(in context: SovereignContext) async throws {
        let settings = try RegistryConfiguration.read(config)
        let access = try RegistryAccess(settings.access) { _ in
            throw Fault(.unavailable, "no keys are fetched to explain rules")
        }
        let groups = Set(group).union(user.map { settings.access.groups(of: $0) } ?? [])
        let identity = user.map { Identity(user: $0, groups: groups, means: .password) } ?? .anonymous
        let answer = access.rules.explain(identity, action.action, repository)
        context.terminal.output("\(answer)\n")
        if !answer.isAllowed { throw Fault(.forbidden, "\(user ?? "nobody in particular") may not do that") }
    }
}

/// What can be asked about.
enum ExplainedAction: String, ArgumentValue, CaseIterable {
    case pull, push, delete
    var action: AccessAction { AccessAction(rawValue: rawValue) ?? .pull }
}
