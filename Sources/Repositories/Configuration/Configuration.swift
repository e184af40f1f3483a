// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// What the configuration files say, merged: `generic.config.ocm.software/v1` and the types inside it.
public struct Configuration: Sendable {
    /// One configuration object with the file it came from.
    public struct Entry: Sendable {
        /// The type without its version, such as `credentials.config.ocm.software`.
        public let type: String
        /// The whole object.
        public let json: JSON
        /// Where it stands.
        public let source: String

        /// An object of a type, and where it stands.
        public init(type: String, json: JSON, source: String) {
            (self.type, self.json, self.source) = (type, json, source)
        }
    }

    /// All objects in order; later ones win.
    public let entries: [Entry]

    /// The most bytes of a configuration file.
    public static let sizeLimit = 4 * 1024 * 1024

    /// Reads the files. An unknown type is kept and ignored, as the other tools do.
    public init(files: ConfigurationFiles) throws(Fault) {
        var entries: [Entry] = []
        for path in files.paths {
            let document = try YAML.document(FileSystem.read(path, limit: Self.sizeLimit), source: path)
            guard document.root != .null else { continue }
            try Self.collect(document.root, path, into: &entries, depth: 0)
        }
        self.entries = entries
    }

    /// Reads documents that were not files, each with what messages call it; later ones win.
    public init(documents: [(bytes: [UInt8], source: String)]) throws(Fault) {
        var entries: [Entry] = []
        for (bytes, source) in documents {
            guard bytes.count <= Self.sizeLimit else {
                throw Fault(.limitExceeded, "\(source) is larger than \(ByteCount(Int64(Self.sizeLimit)))")
            }
            let document = try YAML.document(bytes, source: source)
            guard document.root != .null else { continue }
            try Self.collect(document.root, source, into: &entries, depth: 0)
        }
        self.entries = entries
    }

    /// A configuration of these entries.
    public init(entries: [Entry] = []) { self.entries = entries }

    private static func collect(_ json: JSON, _ source: String, into entries: inout [Entry], depth: Int) throws(Fault) {
        guard depth < 16 else { throw Fault(.limitExceeded, "\(source) nests generic configurations too deeply") }
        guard let type = json["type"]?.string else {
            throw Fault(
                .invalid, "\(source) holds a configuration without “type”",
                fix: "start the file with “type: generic.config.ocm.software/v1”")
        }
        let name = type.split(separator: "/").first.map(String.init) ?? type
        guard name == "generic.config.ocm.software" else {
            entries.append(Entry(type: name, json: json, source: source))
            return
        }
        // Direct siblings come before what nested generic configurations hold, so nested ones win.
        let items = json["configurations"]?.array ?? []
        let isGeneric: (JSON) -> Bool = { $0["type"]?.string?.hasPrefix("generic.config.ocm.software") == true }
        for item in items where !isGeneric(item) { try collect(item, source, into: &entries, depth: depth + 1) }
        for item in items where isGeneric(item) { try collect(item, source, into: &entries, depth: depth + 1) }
    }

    /// The objects of a type, in order.
    public func entries(_ type: String) -> [Entry] { entries.filter { $0.type == type } }

    /// The whole configuration as one generic object, with secrets replaced by `***`.
    public var redacted: JSON {
        [
            "type": "generic.config.ocm.software/v1",
            "configurations": .array(entries.map { Self.redact($0.json, isCredential: false) }),
        ]
    }

    /// Below `credentials`, only types and file names are shown.
    private static func redact(_ json: JSON, isCredential: Bool) -> JSON {
        switch json {
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object {
                let isShown = ["type", "username"].contains(key) || key.lowercased().hasSuffix("file")
                if isCredential, value.string != nil, !isShown {
                    result[key] = "***"
                } else {
                    result[key] = redact(value, isCredential: isCredential || key == "credentials")
                }
            }
            return .object(result)
        case .array(let items): return .array(items.map { redact($0, isCredential: isCredential) })
        default: return json
        }
    }
}
