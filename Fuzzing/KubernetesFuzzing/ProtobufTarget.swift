// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesKinds

/// Reads an object in the protobuf form, and does with it what a server does: fills in, checks and shows it.
///
/// What has to hold, beyond not crashing and not running on: the object is one of its kind, reading it once more or
/// filling it in once more changes nothing, and its row has a cell for each column.
public enum ProtobufTarget {
    private static let now = Moment(seconds: 1_800_000_000)

    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536, let json = try? ProtobufObject.decode(bytes), let now else { return }
        let kind = GroupVersionKind(apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "")
        guard let reading = try? ObjectReading(json, as: kind) else { return }
        precondition(reading.unknownFields.isEmpty, "a field that the type does not have")
        precondition((try? ObjectReading(reading.object, as: kind))?.object == reading.object, "another object")
        let filled = KindDefaults.applied(to: reading.object, of: kind)
        precondition(KindDefaults.applied(to: filled, of: kind) == filled, "defaults of defaults")
        for problem in KindValidation.problems(of: filled, kind, old: reading.object) {
            precondition(!problem.description.isEmpty, "a problem without words")
        }
        let table = KindTable.table(of: kind)
        precondition(table.cells(of: filled, now: now).count == table.columns.count, "a row of another table")
    }
}
