// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The versions of a kind: how each merges, and how objects get from one to another.
public struct ObjectVersions: Sendable {
    /// Makes an object of one version one of another.
    public typealias Conversion = @Sendable (_ object: JSON, _ apiVersion: String) throws(Fault) -> JSON

    private let schemas: [String: MergeSchema]
    private let conversion: Conversion?

    /// Versions, and the conversion between them.
    /// - Parameters:
    ///   - schemas: the schema of each `apiVersion`. What a manager set in another version is forgotten.
    ///   - conversion: nil where versions differ only in their name.
    public init(_ schemas: [String: MergeSchema], conversion: Conversion? = nil) {
        (self.schemas, self.conversion) = (schemas, conversion)
    }

    /// The only version.
    public init(_ apiVersion: String, _ schema: MergeSchema) { self.init([apiVersion: schema]) }

    /// An object of a version, which may be its own; nil when there is no such version.
    func typed(_ object: JSON, as apiVersion: String) throws(Fault) -> TypedValue? {
        guard let schema = schemas[apiVersion] else { return nil }
        if object["apiVersion"]?.string == apiVersion { return TypedValue(object, schema) }
        var converted: JSON
        if let conversion {
            converted = try conversion(object, apiVersion)
            // What says of itself that it is of another version would be converted again and again.
            guard converted["apiVersion"]?.string == apiVersion else {
                throw Fault(.internal, "the conversion to \(apiVersion) made an object of another version")
            }
        } else {
            converted = object
            converted["apiVersion"] = .string(apiVersion)
        }
        return TypedValue(converted, schema)
    }
}
