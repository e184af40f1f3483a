// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Orchestration

/// The plug-ins that were found, and what was found and is none.
public struct PluginCatalogue: Sendable {
    /// A plug-in that may be used.
    public struct Plugin: Sendable {
        /// Its file.
        public let path: String
        /// What it says about itself.
        public let description: PluginDescription
        let file: PluginFile
    }

    /// A file or a folder that is not used, and why.
    public struct Refusal: Sendable {
        /// Which one.
        public let path: String
        /// Why.
        public let reason: Fault
    }

    /// The plug-ins in the order of their folders, and by name in each.
    public let plugins: [Plugin]
    /// What is not used.
    public let refusals: [Refusal]
    private let settings: PluginSettings

    /// Looks into all folders and asks each plug-in what it can; a few at once, each file once.
    ///
    /// A plug-in that does not answer, answers nonsense or describes an operation that another kind has already is
    /// refused as a whole, and disturbs nobody else.
    ///
    /// - Parameter taken: the kinds of operations that plug-ins may not describe, in no version.
    /// - Throws: only when the task is cancelled.
    public init(_ settings: PluginSettings, taken: [OperationType]) async throws {
        var found: [(path: String, file: Result<PluginFile, Fault>)] = []
        for folder in settings.folders {
            do throws(Fault) { found += try PluginFile.all(in: folder) } catch {
                found.append((folder, .failure(error)))
            }
        }
        var seen: Set<String> = []
        found.removeAll { !seen.insert($0.path).inserted }
        let asked = try await found.mapConcurrently(limit: 4) { entry in
            try await (path: entry.path, plugin: Self.ask(entry.path, entry.file, settings))
        }
        var owners: [String: String] = [:]
        for type in taken { owners[type.family] = "this program itself" }
        var plugins: [Plugin] = [], refusals: [Refusal] = []
        for (path, result) in asked {
            switch result.flatMap({ Self.unique($0, &owners) }) {
            case .success(let plugin): plugins.append(plugin)
            case .failure(let reason): refusals.append(Refusal(path: path, reason: reason))
            }
        }
        (self.plugins, self.refusals, self.settings) = (plugins, refusals, settings)
    }

    /// The operations of all plug-ins.
    ///
    /// - Parameter observe: takes what plug-ins log while they run; called from any thread.
    public func operations(observe: @escaping @Sendable (PluginMessage) -> Void) -> [Operation] {
        plugins.flatMap { plugin in
            plugin.description.operations.map { operation in
                let process = PluginProcess(
                    file: plugin.file, name: "the plug-in \(plugin.description.name)", settings: settings)
                let run = PluginRun(
                    process: process, plugin: plugin.description.name, operation: operation, observe: observe)
                return Operation(operation.operationType) { try await run.perform($0, $1) }
            }
        }
    }

    private static func ask(
        _ path: String, _ file: Result<PluginFile, Fault>, _ settings: PluginSettings
    ) async throws -> Result<Plugin, Fault> {
        do {
            let file = try file.get()
            let description = try await PluginProcess(file: file, name: "the plug-in \(path)", settings: settings)
                .description()
            let excess = description.operations.first { $0.deadline > settings.longestDeadline }
            guard excess == nil else {
                throw Fault(
                    .forbidden, "\(path) asks for more time than the \(settings.longestDeadline) allowed",
                    fix: "raise 'longestDeadlineSeconds' in the configuration if it should have that")
            }
            return .success(Plugin(path: path, description: description, file: file))
        } catch {
            try Task.checkCancellation()
            return .failure(Fault(wrapping: error))
        }
    }

    /// Refuses a plug-in whose operations or whose name another has.
    private static func unique(_ plugin: Plugin, _ owners: inout [String: String]) -> Result<Plugin, Fault> {
        for operation in plugin.description.operations {
            let family = operation.operationType.family
            guard let owner = owners[family], owner != plugin.path else { continue }
            return .failure(
                Fault(
                    .conflict, "\(plugin.path) describes '\(operation.type)', which \(owner) has",
                    fix: "remove one of the two, or give the operation another name"))
        }
        for operation in plugin.description.operations { owners[operation.operationType.family] = plugin.path }
        return .success(plugin)
    }
}

extension OperationType {
    /// The name without its version, in lower case: nobody should have to tell two kinds by these.
    fileprivate var family: String { (name.split(separator: "/").first.map(String.init) ?? name).lowercased() }
}
