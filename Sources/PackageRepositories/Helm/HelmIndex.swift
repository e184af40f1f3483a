// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
public import Documents

/// The charts of a repository, as its `index.yaml` lists them. What else the document holds is kept.
public struct HelmIndex: Sendable {
    /// The document.
    public private(set) var json: JSON

    /// A list without charts.
    public init() { json = ["apiVersion": "v1", "entries": [:]] }

    /// Reads a list; throws `.invalid` when it is none.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        json = try YAML.document(bytes, source: source).root
        guard json.object != nil, json["apiVersion"]?.string == "v1",
            json["entries"].map({ $0.object != nil || $0 == .null }) ?? true
        else {
            throw Fault(.invalid, "\(source) is no list of Helm charts", fix: "check the repository's address")
        }
        if json["entries"]?.object == nil { json["entries"] = [:] }
    }

    /// The entries of a chart, the newest first.
    public func entries(of chart: String) -> [JSON] { json["entries"]?[chart]?.array ?? [] }

    /// The entry of a chart's version.
    public func entry(of chart: String, _ version: String) -> JSON? {
        entries(of: chart).first { $0["version"].flatMap { $0.string ?? $0.numberText } == version }
    }

    /// Adds a chart in front of its older versions; false when it is listed with the same digest.
    ///
    /// Throws `.conflict` when the version is listed with another digest.
    public mutating func add(_ chart: PackedChart, time: Timestamp) throws(Fault) -> Bool {
        if let entry = entry(of: chart.name, chart.version) {
            let listed = entry["digest"]?.string ?? ""
            guard listed == chart.digest.hex || listed == chart.digest.description else {
                throw Fault(
                    .conflict, "the chart \(chart.name) \(chart.version) is listed with other content",
                    fix: "publish under another version; what was released stays as it is")
            }
            return false
        }
        var entry = chart.metadata
        entry["version"] = .string(chart.version)
        entry["created"] = .string(time.description)
        entry["digest"] = .string(chart.digest.hex)
        entry["urls"] = [.string(chart.fileName)]
        var list = entries(of: chart.name)
        let version = SemanticVersion(chart.version)
        // Helm takes the first that fits, so newer ones stand in front.
        let place = list.firstIndex { other in
            guard let version, let text = other["version"]?.string, let other = SemanticVersion(text) else {
                return true
            }
            return other < version
        }
        list.insert(entry, at: place ?? list.count)
        json["entries"]?[chart.name] = .array(list)
        json["generated"] = .string(time.description)
        return true
    }

    /// The document.
    public func encoded() -> [UInt8] { Array(YAML.text(json).utf8) }
}
