// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import KubernetesFormats

/// Which objects are meant, by their labels: requirements that must all hold.
public struct LabelSelector: Hashable, Sendable, CustomStringConvertible {
    /// One requirement.
    public struct Requirement: Hashable, Sendable {
        /// How a label is compared.
        public enum Operator: String, Sendable {
            /// The label has one of the values.
            case isIn = "In"
            /// The label is missing or has none of the values.
            case isNotIn = "NotIn"
            /// The label is there.
            case exists = "Exists"
            /// The label is missing.
            case isMissing = "DoesNotExist"
        }
        /// The label's key.
        public let key: String
        /// How it is compared.
        public let comparison: Operator
        /// With what; empty where only being there counts.
        public let values: [String]

        /// A requirement; throws `.invalid` for keys and values that no label can have, and for values that are missing
        /// or too many.
        public init(_ key: String, _ comparison: Operator, _ values: [String] = []) throws(Fault) {
            if let problem = NamedFormat.qualifiedName.validate(key).first {
                throw Fault(.invalid, "the label key “\(key.prefix(100))” is invalid: \(problem)")
            }
            for value in values {
                if let problem = NamedFormat.labelValue.validate(value).first {
                    throw Fault(.invalid, "the label value “\(value.prefix(100))” is invalid: \(problem)")
                }
            }
            let needsValues = comparison == .isIn || comparison == .isNotIn
            guard needsValues != values.isEmpty else {
                throw Fault(
                    .invalid, "the selector of “\(key)” has \(needsValues ? "no values" : "values that it cannot use")")
            }
            (self.key, self.comparison, self.values) = (key, comparison, values)
        }

        /// Whether a label's value, nil when it is missing, is as required.
        func holds(for value: String?) -> Bool {
            switch comparison {
            case .isIn: value.map(values.contains) ?? false
            case .isNotIn: value.map { !values.contains($0) } ?? true
            case .exists: value != nil
            case .isMissing: value == nil
            }
        }
    }

    /// All of them must hold; none means every object.
    public let requirements: [Requirement]

    /// A selector of requirements.
    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// Every object.
    public static let everything = LabelSelector()

    /// Whether an object with these labels is meant.
    public func matches(_ object: KubernetesObject) -> Bool {
        guard !requirements.isEmpty else { return true }
        let labels = object.json["metadata"]?["labels"]
        return requirements.allSatisfy { $0.holds(for: labels?[$0.key]?.string) }
    }

    /// Reads the form of objects: `matchLabels` and `matchExpressions`. Throws `.invalid` for what is not so.
    public init(_ json: JSON) throws(Fault) {
        var requirements: [Requirement] = []
        for member in json["matchLabels"]?.object ?? [:] {
            guard let value = member.value.string else {
                throw Fault(.invalid, "matchLabels[\(member.key)] is no string")
            }
            requirements.append(try Requirement(member.key, .isIn, [value]))
        }
        for expression in json["matchExpressions"]?.array ?? [] {
            guard let key = expression["key"]?.string,
                let comparison = expression["operator"]?.string.flatMap(Requirement.Operator.init)
            else { throw Fault(.invalid, "an entry of matchExpressions has no key or no operator that there is") }
            let values = expression["values"]?.array ?? []
            requirements.append(try Requirement(key, comparison, values.compactMap(\.string)))
        }
        self.requirements = requirements
    }

    /// As it is written in requests and by users.
    public var description: String {
        requirements.map { requirement in
            let values = requirement.values.joined(separator: ",")
            return switch requirement.comparison {
            case .isIn where requirement.values.count == 1: "\(requirement.key)=\(values)"
            case .isIn: "\(requirement.key) in (\(values))"
            case .isNotIn: "\(requirement.key) notin (\(values))"
            case .exists: requirement.key
            case .isMissing: "!\(requirement.key)"
            }
        }.joined(separator: ",")
    }
}
