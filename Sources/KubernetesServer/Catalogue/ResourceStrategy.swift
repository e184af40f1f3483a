// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesPatches

/// How the objects of a resource are read, completed, checked and shown. One for each version of a resource.
protocol ResourceStrategy: Sendable {
    /// An object that a client sent, as it is validated: known fields, in the forms that are stored, with defaults; and
    /// the paths of fields that are not known. Throws `Fault` with `.invalid` for values of wrong types.
    func admitted(_ json: JSON) throws -> (object: JSON, unknownFields: [String])

    /// What the server sets in a new object, whatever the client sent.
    func prepareNew(_ object: inout JSON)

    /// What the server keeps of the object before, whatever the client sent.
    func prepare(_ object: inout JSON, replacing old: JSON)

    /// What is wrong with an object that is to be stored.
    func problems(of object: JSON, old: JSON?, part: ObjectPart) -> ObjectProblems

    /// An object as clients of this version see it.
    func shown(_ stored: JSON) throws -> JSON
    /// An object as it is stored.
    func stored(_ shown: JSON) -> JSON
    /// Whether stored objects are shown as they are.
    var showsAsStored: Bool { get }

    /// How objects merge.
    var mergeSchema: MergeSchema { get }
    /// How objects merge in each version that a manager may have set fields in.
    var versions: ObjectVersions { get }
    /// Whether strategic merge patches are understood.
    var mergesStrategically: Bool { get }
    /// What an object has before anything is set.
    var emptyObject: JSON { get }

    /// Whether an object may be replaced without saying which version of it is meant.
    var replacesUnconditionally: Bool { get }
    /// Whether putting an object that is not there creates it.
    var createsByPut: Bool { get }
    /// Whether objects count how often what is wanted has changed.
    var countsGenerations: Bool { get }

    /// The names of fields that selectors may name.
    var selectableFields: Set<String> { get }
    /// The value of such a field; nil for fields that may not be named.
    func selectableValue(_ field: String, in object: JSON) -> String?

    /// The `columnDefinitions` of tables.
    var columns: [JSON] { get }
    /// The cells of an object in a table.
    func cells(of object: JSON, now: Moment) -> [JSON]
    /// The conditions of its row.
    func rowConditions(of object: JSON) -> [JSON]

    /// How many replicas an object wants and has, as a `Scale`; nil where there is no such thing.
    func scale(of object: JSON) -> JSON?
    /// Where the versions of an object have the wanted number; nil where there is no such thing.
    var scaleFields: ScaleFields? { get }
    /// An object with the wanted number of a `Scale`.
    func applied(scale: JSON, to object: JSON) -> JSON

    /// What clients are told whenever they use the version; nil for nothing.
    var deprecationWarning: String? { get }
}

/// Which part of an object an endpoint writes.
enum ObjectPart: Sendable, Equatable {
    /// All but the status, where that is a part of its own.
    case main
    /// Only the status.
    case status
    /// All of it; what the server itself writes.
    case whole

    /// The name in managed fields.
    var subresource: String { self == .status ? "status" : "" }
}

/// What is wrong with an object.
struct ObjectProblems: Sendable {
    var errors: [FieldError] = []
    var warnings: [String] = []
}
