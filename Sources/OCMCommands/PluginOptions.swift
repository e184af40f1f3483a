// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Operations
internal import Orchestration
internal import Plugins

/// Where plug-ins are looked for.
struct PluginOptions: ParsableOptions {
    @Option(
        name: "plugin-dir", help: "look for plug-ins in this folder too; repeatable", valueName: "DIR",
        completion: .folder)
    var folders: [String] = []

    init() {}

    /// The plug-ins of the configuration, of `$OCM_PLUGIN_DIR` and of these options, each asked what it can.
    func catalogue(_ context: OCMContext) async throws -> PluginCatalogue {
        let settings = try PluginSettings(context.configuration, folders: folders, environment: context.environment)
        return try await PluginCatalogue(settings, taken: Orchestration.Operation.builtIn.map(\.type))
    }

    /// A specification in any form, and all kinds of operations for it.
    func specification(
        _ document: LocatedDocument, _ context: OCMContext, observer: @escaping ProgressObserver = { _ in }
    ) async throws -> (OrchestrationSpecification, [Orchestration.Operation]) {
        let builtIn = Orchestration.Operation.builtIn.map(\.type)
        let first = try OrchestrationSpecification(reading: document, types: builtIn)
        let operations = try await operations(for: first, context, observer: observer)
        guard operations.count > builtIn.count else { return (first, operations) }
        // What a mapping hands to a kind of operation depends on what that takes.
        return (try OrchestrationSpecification(reading: document, types: operations.map(\.type)), operations)
    }

    /// All kinds of operations for a specification. Plug-ins are started only when it uses one that is not built in.
    ///
    /// - Parameter observer: told what plug-ins log.
    func operations(
        for specification: OrchestrationSpecification, _ context: OCMContext, observer: @escaping ProgressObserver
    ) async throws -> [Orchestration.Operation] {
        let builtIn = Orchestration.Operation.builtIn
        let known = Set(builtIn.map(\.type.name))
        guard specification.operations.contains(where: { !known.contains($0.type) }) else { return builtIn }
        let catalogue = try await catalogue(context)
        for refusal in catalogue.refusals {
            observer(.warning("not used as a plug-in: \(refusal.reason.message)"))
        }
        return builtIn
            + catalogue.operations { message in
                let text = "\(message.operation) (\(message.plugin)): \(message.text)"
                observer(message.isWarning ? .warning(text) : .note(text))
            }
    }
}
