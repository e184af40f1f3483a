// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Orchestration

/// What became of the operations of a specification.
struct SpecificationReport: Sendable {
    let operations: [OperationReport]
    /// What each of them moved, by id.
    let moved: [String: MovedBytes]

    /// A failure that somebody has to look into before anything is tried again: content or a signature is not what it
    /// should be.
    var alarm: Fault.Code? {
        for report in operations {
            guard case .failed(let fault) = report.outcome else { continue }
            if [.mismatch, .corrupt, .unverified].contains(fault.code) { return fault.code }
        }
        return nil
    }

    var json: JSON { .array(operations.map(json)) }

    private func json(_ report: OperationReport) -> JSON {
        var json: JSON = ["id": .string(report.id)]
        switch report.outcome {
        case .finished(_, let outputs):
            json["state"] = "finished"
            json["output"] = outputs
        case .failed(let fault):
            json["state"] = "failed"
            json["error"] = .string(fault.message)
        case .skipped(let other):
            json["state"] = "skipped"
            json["waitsFor"] = .string(other)
        }
        if let moved = moved[report.id], moved.moved + moved.spared > 0 {
            json["bytesMoved"] = .number(JSONNumber(moved.moved))
            json["bytesSpared"] = .number(JSONNumber(moved.spared))
        }
        return json
    }

    /// A table for people; how much moved stands behind its last row, when something did.
    var text: String {
        var table = Table(columns: ["OPERATION", "STATE", "WHY"])
        for report in operations {
            switch report.outcome {
            case .finished: table.add([report.id, "finished", ""])
            case .failed(let fault): table.add([report.id, "failed", fault.message])
            case .skipped(let other): table.add([report.id, "skipped", "\(other) is not done"])
            }
        }
        let sums = moved.values.reduce(into: (moved: Int64(0), spared: Int64(0))) { sums, bytes in
            sums.moved += bytes.moved
            sums.spared += bytes.spared
        }
        guard sums.moved + sums.spared > 0 else { return table.text() }
        return table.text() + "\n\(ByteCount(sums.moved)) moved, \(ByteCount(sums.spared)) were there already"
    }
}
