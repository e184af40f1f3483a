// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Orchestration
import Plugins
import Repositories
import WebClient

/// A folder for plug-ins that are shell scripts, and a run to use them in.
struct PluginWorkshop {
    let folder: TemporaryFolder
    let context: OperationContext
    let messages = Guarded<[PluginMessage]>([])
    var path: String { "\(folder.path)/plugins" }

    init() throws {
        folder = try TemporaryFolder(prefix: "plugins")
        try FileSystem.makeFolder("\(folder.path)/plugins")
        try FileSystem.makeFolder("\(folder.path)/space")
        context = OperationContext(
            connections: RepositoryConnections(
                credentials: CredentialResolver(), http: HTTPClient(), temporaryFolder: "\(folder.path)/space"))
    }

    /// What the private folders of runs have left behind.
    var leftovers: [String] { (try? FileSystem.names(in: "\(folder.path)/space")) ?? ["?"] }

    func add(_ name: String, _ script: String, mode: UInt32 = 0o755) throws {
        try FileSystem.write(Array("#!/bin/sh\n\(script)\n".utf8), to: "\(path)/\(name)", mode: mode)
        try FileSystem.setMode("\(path)/\(name)", mode)
    }

    /// A plug-in with one kind of operation, `test.example/v1alpha1`, that does what the script says.
    func addOperation(
        _ script: String, name: String = "test", content: String = #"{"input":"data","output":"data"}"#,
        deadlineSeconds: Int = 60
    ) throws {
        try add(
            name,
            """
            if [ "$1" = capabilities ]; then cat <<'END'
            {"protocolVersion":"v1alpha1","name":"\(name)","version":"1.0.0","operations":[{
              "type":"\(name).example/v1alpha1","summary":"Does what a test wants.",
              "properties":{"type":"object","properties":{"text":{"type":"string","maxLength":20}}},
              "outputs":{"type":"object","required":["count"],"properties":{"count":{"type":"integer","minimum":0}}},
              "content":\(content),"deadlineSeconds":\(deadlineSeconds)}]}
            END
            exit; fi
            \(script)
            """)
    }

    func settings(_ change: (inout PluginSettings) -> Void = { _ in }) -> PluginSettings {
        var settings = PluginSettings()
        settings.folders = [path]
        settings.grace = .milliseconds(100)
        change(&settings)
        return settings
    }

    func catalogue(_ change: (inout PluginSettings) -> Void = { _ in }) async throws -> PluginCatalogue {
        try await PluginCatalogue(settings(change), taken: [])
    }

    /// Runs the operation with a content in memory.
    func run(
        _ properties: JSON = [:], data: [UInt8]? = Array("some text\n".utf8),
        _ change: (inout PluginSettings) -> Void = { _ in }
    ) async throws -> JSON {
        try await run(
            properties, content: data.map { .blob(BlobContent(mediaType: "text/plain", bytes: $0)) }, change)
    }

    func run(
        _ properties: JSON, content: ResourceContent?, _ change: (inout PluginSettings) -> Void = { _ in }
    ) async throws -> JSON {
        let catalogue = try await catalogue(change)
        if let refusal = catalogue.refusals.first { throw refusal.reason }
        let operation = catalogue.operations { message in messages.withLock { $0.append(message) } }[0]
        var properties = properties
        if let content { properties["data"] = context.file(for: content) }
        return try await operation.perform(properties, context)
    }

    func bytes(_ file: JSON?) async throws -> [UInt8] {
        guard case .blob(let blob) = try context.content(of: file) else { return [] }
        return try await blob.open().collect(limit: 64 << 20)
    }
}
