// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
public import Documents

/// One line of a log: the canonical JSON (RFC 8785) of these members, and a line end.
public struct EvidenceEntry: Sendable {
    /// The name of the format, in the first entry of each run.
    public static let format = "sovereign-evidence/v1"

    /// Its place in the log, from 1.
    public let sequence: Int64
    /// When it was written, as RFC 3339 in UTC.
    public let time: String
    /// The name of the event; see `EvidenceEvent.Kind` for those that are known.
    public let event: String
    /// What the event is about.
    public let data: JSONObject
    /// The hash of the entry before; nil in the first.
    public let previous: Digest?
    /// SHA-256 over the canonical JSON of all members but this.
    public let hash: Digest

    /// The event, when it is one of those known here.
    public var kind: EvidenceEvent.Kind? { EvidenceEvent.Kind(rawValue: event) }

    /// Makes an entry and its hash.
    init(sequence: Int64, time: String, event: String, data: JSONObject, previous: Digest?) throws(Fault) {
        (self.sequence, self.time, self.event, self.data) = (sequence, time, event, data)
        self.previous = previous
        hash = Digest(of: try Self.members(sequence, time, event, data, previous).canonical())
    }

    /// Reads a line without its end; a text says what is wrong with it.
    init(line: [UInt8]) throws(Damage) {
        let json: JSON
        do throws(Fault) {
            var limits = DocumentLimits()
            (limits.bytes, limits.depth, limits.nodes) = (line.count, 16, 100_000)
            json = try JSON(parsing: line, source: "it", limits: limits)
        } catch { throw Damage("it is not an entry: \(error.message)") }
        guard let object = json.object, object.count == 6, let sequence = json["sequence"]?.int,
            let time = json["time"]?.string, let event = json["event"]?.string, let data = json["data"]?.object,
            let hash = json["hash"]?.string, let previous = json["previous"], sequence > 0
        else { throw Damage("it does not have the members of an entry") }
        let entry: Self
        do throws(Fault) {
            entry = try Self(
                sequence: sequence, time: time, event: event, data: data,
                previous: previous == .null ? nil : Digest(previous.string ?? ""))
            guard try json.canonical() == line else { throw Fault(.invalid, "it is not written in the canonical form") }
        } catch { throw Damage(error.message) }
        guard hash == entry.hash.description else {
            throw Damage("its hash should be \(entry.hash) and is \(hash.prefix(80))")
        }
        self = entry
    }

    /// Why a line is no entry.
    struct Damage: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// The entry as data.
    public var json: JSON {
        var json = Self.members(sequence, time, event, data, previous)
        json["hash"] = .string(hash.description)
        return json
    }

    /// The bytes in the file, with the line end.
    var line: [UInt8] {
        get throws(Fault) { try json.canonical() + [0x0A] }
    }

    private static func members(
        _ sequence: Int64, _ time: String, _ event: String, _ data: JSONObject, _ previous: Digest?
    ) -> JSON {
        [
            "sequence": .number(JSONNumber(sequence)), "time": .string(time), "event": .string(event),
            "data": .object(data), "previous": previous.map { .string($0.description) } ?? .null,
        ]
    }
}
