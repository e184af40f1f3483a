// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// How a log was changed after it was written.
public enum EvidenceDamage: String, Sendable, CaseIterable {
    /// A line is not what was written.
    case altered
    /// Lines are missing.
    case removed
    /// A line was added.
    case inserted
    /// Lines stand in another order.
    case reordered
    /// The end is missing.
    case truncated
}

/// A break of the chain: where, and of which kind.
struct EvidenceBreak: Error {
    let damage: EvidenceDamage
    let line: Int
    let reason: String

    init(_ damage: EvidenceDamage, line: Int, _ reason: String) {
        (self.damage, self.line, self.reason) = (damage, line, reason)
    }

    func fault(_ path: String) -> Fault {
        let what =
            switch damage {
            case .altered: "line \(line) of \(path) was altered"
            case .removed: "lines were removed before line \(line) of \(path)"
            case .inserted: "line \(line) of \(path) was inserted"
            case .reordered: "line \(line) of \(path) was reordered"
            case .truncated: "\(path) was truncated behind line \(line)"
            }
        return Fault(.corrupt, "\(what): \(reason)", fix: "compare it with a copy; what stands before is as it was")
    }
}
