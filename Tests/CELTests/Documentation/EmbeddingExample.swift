// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents

/// A condition on a resource, written by a user: `self.status.readyReplicas >= self.spec.replicas`.
struct ReadinessRule: Sendable {
    /// What a resource is.
    enum Answer: Equatable {
        case ready, notReady
        /// Something that the condition reads is not there yet.
        case tooEarly(String)
    }

    /// Made once: it never changes, and any thread may use it.
    private static let environment = Environment(
        libraries: [.standard, .optionals], variables: ["self": .dyn])

    private let program: Program

    /// - Throws: `CompileError` with each problem and its place.
    init(_ text: String) throws {
        let checked = try Self.environment.check(Self.environment.parse(text, name: "readyWhen"))
        guard [.bool, .dyn].contains(checked.resultType) else {
            throw EvaluationError(.invalidArgument, "readyWhen yields \(checked.resultType), not a bool")
        }
        program = try Self.environment.program(checked)
    }

    /// - Throws: why the condition has no value, when waiting would not help.
    func answer(for resource: JSON) throws(EvaluationError) -> Answer {
        do throws(EvaluationError) {
            // The resource is not copied: the value is a view of it.
            guard case .bool(let isReady) = try program.evaluate(["self": Value(resource)]) else { return .notReady }
            return isReady ? .ready : .notReady
        } catch {
            guard error.isMissingData else { throw error }
            return .tooEarly(error.message)
        }
    }
}
