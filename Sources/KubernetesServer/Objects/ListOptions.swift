// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Which objects a list or a watch is about, and from where on.
struct ListOptions: Sendable {
    var labels = LabelSelector.everything
    var fields = FieldSelector.everything
    var limit: Int?
    var position: ObjectPage.Position?
    /// The revision that is asked for; nil for the last one.
    var revision: Int64?
    /// Whether the list is to show the state at just that revision.
    var isExact = false
    /// Whether any revision will do.
    var isAnyRevision = false

    var isWatch = false
    var allowsBookmarks = false
    var timeout: Duration?
    /// Whether a watch begins with what is there, and says when that is told.
    var sendsInitialEvents = false
    /// Whether a watch without a revision begins with what is there.
    var beginsWithState = true

    init() {}

    /// Reads a request's options; throws `APIStatus` 400, 410 or 422 for those that make no sense.
    init(_ query: QueryValues, _ resource: ServedResource) throws {
        (labels, fields) = (try query.labels(), try query.fields())
        if let unknown = fields.unsupportedField(among: resource.strategy.selectableFields) {
            throw APIStatus.badRequest("field label not supported: \(unknown)")
        }
        limit = try query.number("limit").flatMap { $0 == 0 ? nil : Int(clamping: $0) }
        isWatch = try query.flag("watch") ?? false
        allowsBookmarks = try query.flag("allowWatchBookmarks") ?? false
        timeout = try query.number("timeoutSeconds").flatMap { $0 == 0 ? nil : .seconds(min($0, 86_400 * 7)) }
        let version = query.text("resourceVersion"), match = query.text("resourceVersionMatch")
        let begins = try query.flag("sendInitialEvents")
        if let version {
            guard let number = Int64(version), number >= 0 else {
                throw APIStatus.badRequest("Invalid value: \"\(version.prefix(50))\": invalid resource version")
            }
            (revision, isAnyRevision) = number == 0 ? (nil, true) : (number, false)
        }
        try read(match, version: version, hasContinue: query.text("continue") != nil)
        try readInitialEvents(begins, match)
        if let token = query.text("continue") {
            guard !isWatch else { throw Self.forbidden("continue", "continue is forbidden for watch") }
            guard revision == nil else {
                throw APIStatus.badRequest("specifying resource version is not allowed when using continue")
            }
            position = try ContinueToken.read(token)
        }
    }

    private mutating func read(_ match: String?, version: String?, hasContinue: Bool) throws {
        guard let match else { return }
        guard !isWatch || match == "NotOlderThan" else {
            throw Self.forbidden(
                "resourceVersionMatch",
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
        }
        if hasContinue {
            throw Self.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided")
        }
        guard version != nil || isWatch else {
            throw Self.forbidden(
                "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        switch match {
        case "NotOlderThan": break
        case "Exact":
            guard revision != nil else {
                throw Self.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
            }
            isExact = true
        default:
            throw Self.invalid(
                "FieldValueNotSupported", "resourceVersionMatch",
                "Unsupported value: \"\(match.prefix(50))\": supported values: \"Exact\", \"NotOlderThan\", \"\"")
        }
    }

    private mutating func readInitialEvents(_ begins: Bool?, _ match: String?) throws {
        guard let begins else {
            if isWatch, match != nil {
                throw Self.forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
            }
            return
        }
        guard isWatch else {
            throw Self.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list")
        }
        guard match == "NotOlderThan" else {
            throw Self.forbidden(
                "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        (sendsInitialEvents, beginsWithState) = (begins, begins)
    }

    private static func forbidden(_ field: String, _ why: String) -> APIStatus {
        invalid("FieldValueForbidden", field, "Forbidden: \(why)")
    }

    private static func invalid(_ reason: String, _ field: String, _ message: String) -> APIStatus {
        .invalid(
            GroupVersionKind("meta.k8s.io", "v1", "ListOptions"), "",
            [APIStatus.Cause(reason: reason, message, field: field)])
    }

    /// Runs a list; one that is too late for its revision is refused as clients expect it.
    func telling<Result>(_ list: () throws -> Result) throws -> Result {
        do { return try list() } catch is HistoryExpired {
            throw APIStatus.expired(
                isExact
                    ? "The resourceVersion for the provided list is too old."
                    : "The provided continue parameter is too old to display a consistent list result. You must start a "
                        + "new list without the continue parameter.")
        }
    }

    /// Whether all objects are meant.
    var isEverything: Bool { labels.requirements.isEmpty && fields.requirements.isEmpty }

    /// Whether an object is meant.
    func matches(_ object: KubernetesObject, _ resource: ServedResource) -> Bool {
        matches(labelled: object) { resource.strategy.selectableValue($0, in: object.json) }
    }

    /// Whether an object is meant of which only that is known.
    func matches(_ object: SelectableObject) -> Bool { matches(labelled: object.labelled) { object.fields[$0] } }

    private func matches(labelled object: KubernetesObject, _ value: (String) -> String?) -> Bool {
        guard labels.requirements.isEmpty || labels.matches(object) else { return false }
        return fields.requirements.allSatisfy { ((value($0.field) ?? "") == $0.value) == $0.isEqual }
    }
}

/// Where a list goes on, as clients carry it back.
enum ContinueToken {
    static func text(_ position: ObjectPage.Position) -> String {
        let json: JSON = [
            "v": "1", "rv": .number(JSONNumber(position.revision)), "ns": .string(position.last.namespace ?? ""),
            "name": .string(position.last.name),
        ]
        let plain = json.encoded().base64
        return plain.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func read(_ text: String) throws(APIStatus) -> ObjectPage.Position {
        let problem = APIStatus.badRequest("continue key is not valid")
        guard text.utf8.count <= 2048, let bytes = [UInt8](base64: text),
            let json = try? JSON(parsing: bytes, source: "the continue key"), json["v"] == "1",
            let revision = json["rv"]?.int, revision > 0, let namespace = json["ns"]?.string,
            let name = json["name"]?.string
        else { throw problem }
        return ObjectPage.Position(
            revision: revision, last: ObjectName(namespace.isEmpty ? nil : namespace, name))
    }
}
