// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Collects what is wrong with a specification, each with its line.
struct SpecificationProblems {
    private let document: LocatedDocument
    private var problems: [String] = []
    /// What mends the first problem for which that is known.
    private var fix: String?

    init(_ document: LocatedDocument) { self.document = document }

    mutating func add(_ message: String, at pointer: JSONPointer, fix: String? = nil) {
        add("\(document.place(of: pointer)): \(message)", fix: fix)
    }

    mutating func add(_ problem: String, fix: String? = nil) {
        problems.append(problem)
        self.fix = self.fix ?? fix
    }

    /// - Parameter fix: what mends them when none of them says so.
    func throwIfAny(fix: String? = nil) throws(Fault) {
        guard !problems.isEmpty else { return }
        throw Fault(.invalid, problems.joined(separator: "\n"), fix: self.fix ?? fix)
    }
}
