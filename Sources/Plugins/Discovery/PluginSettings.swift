// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
public import Repositories

/// Where plug-ins are looked for, and what they may use.
public struct PluginSettings: Sendable {
    /// The folders to look into, in order.
    public var folders: [String] = []
    /// Variables that plug-ins get besides `PATH`, `LANG` and `TMPDIR`.
    public var environment: [String: String] = [:]
    /// The longest time that an operation may ask for.
    public var longestDeadline: Duration = .seconds(24 * 60 * 60)
    /// The most bytes of each content that a plug-in is given as a file or yields.
    public var contentLimit: Int64 = 64 << 30
    /// How long a plug-in may take to describe itself.
    public var descriptionDeadline: Duration = .seconds(10)
    /// How long a plug-in has to end when it is told to.
    public var grace: Duration = .seconds(2)

    /// No folders, and the limits above.
    public init() {}

    /// What the configuration says in entries of the type `plugins.config.ocm.software`, then the folders of
    /// `$OCM_PLUGIN_DIR`, then those given here.
    ///
    /// Folders of plug-ins for other programs (the attribute `plugindir`) are not looked into: those speak another
    /// protocol, and a program is not started to find that out.
    public init(_ configuration: Configuration, folders: [String], environment: Environment) throws(Fault) {
        for entry in configuration.entries("plugins.config.ocm.software") { try apply(entry.json, entry.source) }
        self.folders += (environment["OCM_PLUGIN_DIR"] ?? "").split(separator: ":").map(String.init)
        self.folders += folders
    }

    private mutating func apply(_ json: JSON, _ source: String) throws(Fault) {
        for folder in try Self.list(json["folders"], "folders", source) {
            guard let path = folder.string, path.hasPrefix("/") else {
                throw Fault(.invalid, "\(source): a folder of plug-ins is an absolute path", fix: "start it with /")
            }
            folders.append(path)
        }
        for (name, value) in json["environment"]?.object ?? [:] {
            guard let text = value.string, Self.isVariable(name), !text.utf8.contains(0) else {
                throw Fault(
                    .invalid, "\(source): '\(name)' is no variable that plug-ins can be given",
                    fix: "use letters, digits and _, no name that starts with OCM_PLUGIN_, and a text as its value")
            }
            environment[name] = text
        }
        if let seconds = json["longestDeadlineSeconds"] {
            guard let number = seconds.int, (1...31_536_000).contains(number) else {
                throw Fault(.invalid, "\(source): 'longestDeadlineSeconds' is no number from 1 to 31536000")
            }
            longestDeadline = .seconds(number)
        }
        if let limit = json["contentLimit"] {
            guard let text = limit.string ?? limit.numberText, let size = ByteCount(parsing: text), size.bytes > 0
            else {
                throw Fault(.invalid, "\(source): 'contentLimit' is no size", fix: "write it as in 8GiB")
            }
            contentLimit = size.bytes
        }
    }

    private static func list(_ json: JSON?, _ name: String, _ source: String) throws(Fault) -> [JSON] {
        guard let json else { return [] }
        guard let items = json.array else { throw Fault(.invalid, "\(source): '\(name)' is no list") }
        return items
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        let isNamed = name.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_")
        }
        return isNamed && !name.hasPrefix("OCM_PLUGIN_")
    }
}
