// SPDX-License-Identifier: Apache-2.0

/// What a field of a built-in kind holds.
public indirect enum FieldType: Hashable, Sendable {
    /// One value of the simple kinds.
    case scalar(ScalarType)
    /// A string out of a set; the set is in the order of its bytes.
    case enumeration([String])
    /// An object of the type with this name, as OpenAPI calls it: `io.k8s.api.core.v1.Container`.
    case object(String)
    /// A list.
    case list(FieldType)
    /// A map from strings.
    case map(FieldType)
}

/// The simple kinds of values; the raw values are their names in the notation of types.
public enum ScalarType: String, Hashable, Sendable {
    case string, bool, int32, int64, double
    /// Bytes; base64 in JSON.
    case bytes
    /// A number or a string.
    case intOrString
    /// An amount such as `500m`.
    case quantity
    /// A moment with the precision of a second.
    case time
    /// A moment with the precision of a microsecond.
    case microTime
    /// A span as Go writes it.
    case duration
    /// An object of any kind; JSON inside the protobuf form.
    case raw
    /// Any JSON.
    case json
    /// A set of fields, as `metadata.managedFields` has it.
    case fields
    /// A list of strings that is a message of its own in the protobuf form.
    case extra
}

/// How a list or a map merges when two of its owners change it.
public enum MergeTopology: Hashable, Sendable {
    /// As a whole.
    case atomic
    /// A list whose items differ.
    case set
    /// A list whose items are told apart by these members.
    case map(keys: [String])
    /// A map member by member.
    case granular
}
