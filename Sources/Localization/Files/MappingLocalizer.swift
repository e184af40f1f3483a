// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Writes values at paths.
public struct MappingLocalizer: FileLocalizer {
    /// A value and where it goes.
    public struct Mapping: Sendable {
        /// The path.
        public let path: ValuePath
        /// A text, a number, a boolean or null.
        public let value: JSON
        /// Whether a member that is missing is made.
        public let creates: Bool
        /// Whether it is no mistake that a path leads nowhere.
        public let isOptional: Bool
        /// What the documents hold that it is for, by path: `kind` is `Deployment`.
        public let conditions: [(path: ValuePath, text: String)]

        /// A value and where it goes.
        public init(
            _ path: ValuePath, _ value: JSON, creates: Bool = false, isOptional: Bool = false,
            conditions: [(path: ValuePath, text: String)] = []
        ) {
            (self.path, self.value, self.creates, self.isOptional) = (path, value, creates, isOptional)
            self.conditions = conditions
        }
    }

    /// The values.
    public let mappings: [Mapping]
    public let defaultFiles: [PathPattern] = []

    /// Writes these values into each file.
    public init(_ mappings: [Mapping]) { self.mappings = mappings }

    public func localize(_ editor: inout DocumentEditor) throws(Fault) -> Set<Int> {
        // All that is there first: what is made does not move paths that were found.
        var missing: [Mapping] = []
        for mapping in mappings {
            let documents = try mapping.documents(editor)
            let matches = try editor.matches(mapping.path, in: documents)
            for match in matches { try editor.set(match, to: mapping.value) }
            if matches.isEmpty { missing.append(mapping) }
        }
        for mapping in missing {
            let documents = try mapping.documents(editor)
            if mapping.creates {
                try editor.create(mapping.path, value: mapping.value, in: documents)
            } else if !mapping.isOptional {
                throw try editor.nothing(at: mapping.path, in: documents)
            }
        }
        return []
    }

    public func check(used: Set<Int>) throws(Fault) {}
}

extension MappingLocalizer.Mapping {
    /// The documents that the conditions choose; nil without conditions.
    fileprivate func documents(_ editor: DocumentEditor) throws(Fault) -> [Int]? {
        guard !conditions.isEmpty else { return nil }
        var chosen: [Int] = []
        for index in editor.trees.indices {
            var fits = true
            for condition in conditions {
                let matches = try editor.matches(condition.path, in: [index])
                fits = fits && matches.contains { $0.value.string == condition.text }
            }
            if fits { chosen.append(index) }
        }
        return chosen
    }
}
