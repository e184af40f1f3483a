// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// What is kept of one request: who did what, and how it ended. Never what was sent or answered, and no credentials.
public struct AuditRecord: Hashable, Sendable {
    /// When the request came.
    public var time: Timestamp
    /// The name of the request, as logs have it.
    public var id: String
    /// Who asked, and what for.
    public var request: RequestAttributes
    /// The address of the other end of the connection; empty when it is not known.
    public var source: String
    /// The status of the answer.
    public var code: Int
    /// How long it took, in microseconds.
    public var microseconds: Int64
    /// Whether nothing was to be changed.
    public var isDryRun: Bool
    /// Why it was allowed or not, as the verdict says.
    public var reason: String

    /// A record.
    public init(
        _ request: RequestAttributes, time: Timestamp, id: String, source: String = "", code: Int, microseconds: Int64,
        isDryRun: Bool = false, reason: String = ""
    ) {
        (self.request, self.time, self.id, self.source) = (request, time, id, source)
        (self.code, self.microseconds, self.isDryRun, self.reason) = (code, microseconds, isDryRun, reason)
    }

    /// The most code points of each text: names in requests are chosen by whoever sends them.
    private static let textLimit = 512

    /// The record without fields that are empty. The user's `extra` is left out: it may name credentials.
    public var json: JSON {
        // Scalars and not characters, which may be as long as anybody likes.
        func cut(_ text: String) -> JSON { .string(String(text.unicodeScalars.prefix(Self.textLimit))) }
        func text(_ text: String) -> JSON? { text.isEmpty ? JSON?.none : cut(text) }
        var json: JSON = ["time": .string(time.description), "id": .string(id)]
        json["user"] = text(request.user.name)
        json["uid"] = text(request.user.uid)
        if !request.user.groups.isEmpty {
            json["groups"] = .array(request.user.groups.prefix(64).map(cut))
        }
        json["verb"] = text(request.verb)
        if let path = request.path {
            json["path"] = text(path)
        } else {
            json["group"] = text(request.group)
            json["version"] = text(request.version)
            json["resource"] = text(request.resource)
            json["subresource"] = text(request.subresource)
            json["namespace"] = text(request.namespace)
            json["name"] = text(request.name)
        }
        json["source"] = text(source)
        json["code"] = .number(JSONNumber(Int64(code)))
        json["microseconds"] = .number(JSONNumber(microseconds))
        if isDryRun { json["dryRun"] = true }
        json["reason"] = text(reason)
        return json
    }

    /// One line, with its end; no value can make a second one.
    public var line: [UInt8] { json.encoded() + [0x0A] }
}
