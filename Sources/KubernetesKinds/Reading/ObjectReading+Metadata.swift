// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension ObjectReading {
    /// The metadata of an object of any kind, as their type has them; and the fields that it does not have.
    ///
    /// - Throws: `Fault` with `invalid` for values of the wrong type, in the words of Kubernetes' decoder.
    public static func metadata(of object: JSON) throws(Fault) -> (object: JSON, unknownFields: [String]) {
        guard let metadata = object["metadata"], metadata != .null else { return ([:], []) }
        guard let type = TypeTable.builtin.type(named: "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta") else {
            throw Fault(.internal, "the type of metadata is not known")
        }
        var reader = ObjectReader()
        let read = try reader.object(metadata, type, path: "metadata", place: "metadata")
        return (read, reader.unknownFields)
    }
}
