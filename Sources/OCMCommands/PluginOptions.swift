// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
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
