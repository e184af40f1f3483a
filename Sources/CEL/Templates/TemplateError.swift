// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// What is wrong with the templates of a document, or why they have no values: every problem with its place.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    /// One problem.
    public struct Problem: Sendable, CustomStringConvertible {
        /// Which string of the document it is about.
        public let pointer: JSONPointer
        /// Where that is: `file.yaml:12:9`, or what the document is called when its lines are not known.
        public let place: String
        /// What is wrong, in one sentence without the place.
        public let message: String
        /// Where in the expression or string; nil when it is about neither.
        public let location: SourceLocation?
        /// Why an expression has no value, when it has none.
        public let cause: EvaluationError?

        /// `file.yaml:12:9 (/spec/replicas): message`, the line of the expression, and a caret under the column.
        public var description: String {
            let path = pointer.parts.isEmpty ? "" : " (\(pointer))"
            return "\(place)\(path): \(message)" + (location.map { "\n\($0.excerpt)" } ?? "")
        }
    }

    /// At least one, at most a hundred; those of objects and arrays before those of their strings.
    public let problems: [Problem]

    /// All problems, one after the other.
    public var description: String { problems.map(\.description).joined(separator: "\n") }

    /// Whether waiting may help: all that is wrong is that something an expression reads is not there yet.
    public var isMissingData: Bool { problems.allSatisfy { $0.cause?.isMissingData == true } }

    /// The parts of variables that have to be known first; empty when something else is wrong.
    public var unknown: Set<AttributePath> {
        problems.allSatisfy { $0.cause?.kind == .unknown }
            ? problems.reduce(into: []) { $0.formUnion($1.cause?.unknown ?? []) } : []
    }

    /// The same as the error that all of this package throws.
    public var fault: Fault {
        let isOverLimit = problems.contains { $0.cause?.kind == .budget }
        let isCancelled = problems.contains { $0.cause?.kind == .cancelled }
        return Fault(isCancelled ? .cancelled : isOverLimit ? .limitExceeded : .invalid, description)
    }
}

/// Collects problems and says where they are.
struct TemplateProblems {
    private let place: @Sendable (JSONPointer) -> String
    private(set) var problems: [TemplateError.Problem] = []
    private static let most = 100

    init(_ place: @escaping @Sendable (JSONPointer) -> String) { self.place = place }

    mutating func add(
        _ message: String, at pointer: JSONPointer, _ location: SourceLocation? = nil, cause: EvaluationError? = nil
    ) {
        guard problems.count < Self.most else { return }
        problems.append(
            TemplateError.Problem(
                pointer: pointer, place: place(pointer), message: message, location: location, cause: cause))
    }

    mutating func add(_ error: CompileError, at pointer: JSONPointer) {
        for problem in error.problems { add(problem.message, at: pointer, problem.location) }
    }

    func throwIfAny() throws(TemplateError) {
        guard problems.isEmpty else { throw TemplateError(problems: problems) }
    }
}
