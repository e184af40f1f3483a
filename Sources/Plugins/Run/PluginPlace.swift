// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Repositories

/// The private folder in which a plug-in does one operation; it goes with all that is in it.
struct PluginPlace: Sendable {
    private let folder: TemporaryFolder
    private let operation: PluginOperationDescription
    private let limit: Int64

    init(_ folder: TemporaryFolder, _ operation: PluginOperationDescription, limit: Int64) {
        (self.folder, self.operation, self.limit) = (folder, operation, limit)
    }

    private var propertiesPath: String { "\(folder.path)/properties.json" }

    /// Where the plug-in finds properties and files.
    var environment: [String: String] {
        [
            "OCM_PLUGIN_PROPERTIES": propertiesPath, "OCM_PLUGIN_INPUTS": "\(folder.path)/inputs",
            "OCM_PLUGIN_OUTPUTS": "\(folder.path)/outputs",
        ]
    }

    /// Where the plug-in leaves a content.
    func path(ofOutput name: String) -> String { "\(folder.path)/outputs/\(name)" }

    /// Writes the properties, and the contents that the plug-in takes as files.
    func prepare(properties: JSON, content: (String) throws -> BlobContent) async throws {
        try FileSystem.makeFolder("\(folder.path)/inputs", mode: 0o700)
        try FileSystem.makeFolder("\(folder.path)/outputs", mode: 0o700)
        try FileHandle(creating: propertiesPath, mode: 0o400).write((properties.encoded() + [0x0A])[...])
        for name in operation.inputFiles {
            let blob = try content(name)
            let handle = try FileHandle(creating: "\(folder.path)/inputs/\(name)", mode: 0o400)
            let thing = "the content '\(name)' for a plug-in"
            let stream = try await blob.verifiedStream().limited(to: limit, of: thing)
            for try await chunk in try folder.covering(stream, size: blob.size, for: thing) { try handle.write(chunk) }
        }
    }
}
