// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// A request to an API server: any path, any body.
public struct APIRequest: Sendable, CustomStringConvertible {
    /// The method.
    public var method: HTTPMethod
    /// The path below the server's URL, percent-encoded, from its first slash.
    public var path: String
    /// What stands behind `?`, not encoded.
    public var query: [(String, String)] = []
    /// Further header fields.
    public var headers = HTTPHeaders()
    /// The forms of answers that are taken.
    public var accept = MediaType.json
    /// The body with its type.
    public var body: (type: String, bytes: [UInt8])?
    /// The most bytes of the answer; nil for those of an object.
    public var limit: Int?
    /// Whether it may be sent again though it writes, since nothing comes of it.
    public var isRepeatable = false

    /// A request.
    public init(_ method: HTTPMethod, _ path: String, query: [(String, String)] = []) {
        (self.method, self.path, self.query) = (method, path, query)
    }

    /// Method and path: fit for messages.
    public var description: String { "\(method) \(path)" }

    /// Adds a part of the query unless its value is nil or empty.
    mutating func ask(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { query.append((name, value)) }
    }

    /// The path of segments, each percent-encoded.
    ///
    /// Throws `.invalid` for segments that would lead elsewhere: empty ones, `.`, `..`, and those with `/` or `%`, which
    /// no name in Kubernetes has.
    public static func path(_ segments: [String]) throws(Fault) -> String {
        var path = ""
        for segment in segments {
            guard !segment.isEmpty, segment != ".", segment != "..", !segment.utf8.contains(UInt8(ascii: "/")),
                !segment.utf8.contains(UInt8(ascii: "%"))
            else {
                throw Fault(
                    .invalid, "“\(segment.prefix(80))” is no name of an object or resource",
                    fix: "names are not empty and have no / and %")
            }
            path += "/" + HTTPURL.encode(segment)
        }
        return path
    }
}

/// Forms of bodies.
enum MediaType {
    static let json = "application/json"
    static let jsonPatch = "application/json-patch+json"
    static let mergePatch = "application/merge-patch+json"
    static let strategicPatch = "application/strategic-merge-patch+json"
    /// The body is JSON, which is YAML as well.
    static let applyPatch = "application/apply-patch+yaml"
    /// Only the metadata of objects; all of them from servers that cannot do that.
    static let metadata = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
    static let metadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
}

/// An answer, all of it in memory.
public struct APIAnswer: Sendable {
    /// The status, from 200 to 299.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body.
    public let body: [UInt8]
}
