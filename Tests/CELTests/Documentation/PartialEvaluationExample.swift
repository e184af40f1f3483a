// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents

/// A resource of a graph that is there only under a condition over other resources.
struct ConditionalResource {
    enum Decision: Equatable {
        case create, leaveOut
        /// These have to be known first.
        case waitFor([String])
    }

    private let program: Program

    init(includeWhen condition: String, resources: Set<String>) throws {
        let variables = Dictionary(uniqueKeysWithValues: resources.map { ($0, CELType.dyn) })
        program = try Environment(libraries: [.standard, .optionals], variables: variables).compile(condition)
    }

    /// What the condition may read, found without running it: the edges of the graph.
    var dependencies: [String] { Set(program.references.map(\.variable)).sorted() }

    /// Decides as early as what is known allows.
    func decide(known: [String: JSON], later: [AttributePath]) throws -> Decision {
        var variables = Variables(known.mapValues { Value($0) })
        for path in later { variables.markUnknown(path) }
        switch try program.evaluatePartially(variables) {
        case .value(.bool(true)): return .create
        case .value: return .leaveOut
        case .unknown(let paths): return .waitFor(paths.sorted().map(\.description))
        }
    }
}
