// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Orchestration
internal import Plugins

/// `ocm plugins list`
struct ListPlugins: Command {
    static let configuration = CommandConfiguration(
        "list", abstract: "List plug-ins and the kinds of operations they have",
        examples: ["ocm plugins list --plugin-dir ./plugins -o json"])

    @OptionGroup var plugins: PluginOptions
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let catalogue = try await plugins.catalogue(context)
        let found = catalogue.plugins
        context.present(.array(found.map(\.json)), as: output) {
            var table = Table(columns: ["PLUG-IN", "VERSION", "OPERATION", "FILE"])
            for plugin in found {
                for operation in plugin.description.operations {
                    table.add([plugin.description.name, plugin.description.version, operation.type, plugin.path])
                }
            }
            return found.isEmpty ? "no plug-in was found" : table.text()
        }
        for refusal in catalogue.refusals { context.terminal.note("not used: \(refusal.reason.message)") }
    }
}

/// `ocm plugins describe NAME`
struct DescribePlugin: Command {
    static let configuration = CommandConfiguration(
        "describe", abstract: "Show what a plug-in takes and yields",
        examples: ["ocm plugins describe replace-text --plugin-dir ./plugins"])

    @Argument(help: "the name of a plug-in, or of a kind of operation", valueName: "NAME") var name: String
    @OptionGroup var plugins: PluginOptions
    @Option(short: "o", help: "yaml or json") var output = OutputFormat.yaml

    func run(in context: OCMContext) async throws {
        let catalogue = try await plugins.catalogue(context)
        let found = catalogue.plugins.filter { plugin in
            plugin.description.name == name || plugin.description.operations.contains { $0.type == name }
        }
        guard !found.isEmpty else {
            let known = catalogue.plugins.map(\.description.name)
            let near = Spelling.nearest(to: name, among: known)
            throw Fault(
                .notFound, "there is no plug-in '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""),
                fix: "`ocm plugins list` shows those there are, `ocm plugins check` why others are not used")
        }
        let json = JSON.array(found.map(\.detailedJSON))
        context.present(json, as: output) { YAML.text(json) }
    }
}

/// `ocm plugins check`
struct CheckPlugins: Command {
    static let configuration = CommandConfiguration(
        "check", abstract: "Say of every file in the folders of plug-ins whether it can be used, and why not",
        discussion: """
            A plug-in is a regular file that is executable, belongs to root or to you, and that nobody else can write \
            to; the same goes for its folder and the ones above. Each is started and asked what it can.
            """,
        examples: ["ocm plugins check --plugin-dir ./plugins"])

    @OptionGroup var plugins: PluginOptions
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let catalogue = try await plugins.catalogue(context)
        let fine = catalogue.plugins.map { plugin -> JSON in
            ["file": .string(plugin.path), "ok": true, "name": .string(plugin.description.name)]
        }
        let refused = catalogue.refusals.map { refusal -> JSON in
            var json: JSON = [
                "file": .string(refusal.path), "ok": false, "reason": .string(refusal.reason.message),
                "code": .string(refusal.reason.code.name),
            ]
            if let fix = refusal.reason.fix { json["fix"] = .string(fix) }
            return json
        }
        context.present(.array(fine + refused), as: output) {
            let lines =
                catalogue.plugins.map { "ok     \($0.path): \($0.description.name) \($0.description.version)" }
                + catalogue.refusals.map { refusal in
                    "FAILED \(refusal.path): \(refusal.reason.message)"
                        + (refusal.reason.fix.map { "\n       fix: \($0)" } ?? "")
                }
            return lines.isEmpty
                ? "there are no folders of plug-ins, or nothing is in them" : lines.joined(separator: "\n")
        }
        guard catalogue.refusals.isEmpty else {
            throw Fault(
                .invalid, "\(refused.count) of \(fine.count + refused.count) plug-ins cannot be used",
                fix: "see the lines above")
        }
    }
}

extension PluginCatalogue.Plugin {
    fileprivate var json: JSON {
        [
            "name": .string(description.name), "version": .string(description.version), "file": .string(path),
            "operations": .array(description.operations.map { .string($0.type) }),
        ]
    }

    fileprivate var detailedJSON: JSON {
        var json = json
        json["operations"] = .array(
            description.operations.map { operation in
                var content = JSONObject()
                content["input"] = operation.input.map { .string($0) }
                content["output"] = operation.output.map { .string($0) }
                content["inputFiles"] = .array(operation.inputFiles.map { .string($0) })
                content["outputFiles"] = .array(operation.outputFiles.map { .string($0) })
                return [
                    "type": .string(operation.type), "summary": .string(operation.summary),
                    "properties": operation.operationType.properties, "outputs": operation.operationType.outputs,
                    "content": .object(content),
                    "deadlineSeconds": .number(JSONNumber(operation.deadline.components.seconds)),
                ]
            })
        return json
    }
}
