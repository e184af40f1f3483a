// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL

extension Library {
    /// `semver(string)`, `isSemver(string)` and what can be asked of a `kubernetes.Semver`; from version 1 also the forms
    /// with a second argument that says whether to normalize.
    ///
    /// Versions are strict: three numbers without leading zeros, no `v`. Normalizing drops a leading `v` and leading
    /// zeros, and adds the numbers that are missing. Build metadata neither orders nor distinguishes versions.
    public static func semver(version: Int) -> Library {
        let type = VersionValue.type
        var make: [Overload] = [
            .function(
                "string_to_semver", [.string], type,
                .string(for: "semver") { text, _ throws(EvaluationError) in
                    .opaque(try VersionValue(text, normalize: false))
                })
        ]
        var check: [Overload] = [
            .function(
                "is_semver_string", [.string], .bool,
                .string(for: "isSemver") { text, _ throws(EvaluationError) in
                    .bool(VersionValue.parse(text) != nil)
                })
        ]
        if version >= 1 {
            make.append(
                .function(
                    "string_bool_to_semver", [.string, .bool], type,
                    .binary { text, normalize, budget throws(EvaluationError) in
                        let text = try text.expectString(by: "semver")
                        try budget.read(bytes: text.utf8.count)
                        return .opaque(try VersionValue(text, normalize: normalize.expectBool(by: "semver")))
                    }))
            check.append(
                .function(
                    "is_semver_string_bool", [.string, .bool], .bool,
                    .binary { text, normalize, budget throws(EvaluationError) in
                        let text = try text.expectString(by: "isSemver")
                        try budget.read(bytes: text.utf8.count)
                        let normal = try normalize.expectBool(by: "isSemver") ? VersionValue.normalize(text) : text
                        return .bool(normal.flatMap(VersionValue.parse) != nil)
                    }))
        }
        return Library(
            "kubernetes.Semver",
            functions: [
                Function("semver", overloads: make), Function("isSemver", overloads: check),
                part("major", \.major), part("minor", \.minor), part("patch", \.patch),
                comparison("isLessThan", "semver_is_less_than", .bool) { .bool($0 < $1) },
                comparison("isGreaterThan", "semver_is_greater_than", .bool) { .bool($1 < $0) },
                comparison("compareTo", "semver_compare_to", .int) { $0 < $1 ? -1 : $1 < $0 ? 1 : 0 },
            ],
            types: [type])
    }

    private static func part(_ name: String, _ path: any KeyPath<SemanticVersion, UInt64> & Sendable) -> Function {
        Function(
            name,
            .method(
                "semver_\(name)", [VersionValue.type], .int,
                .opaque(VersionValue.self, for: name) { value throws(EvaluationError) in
                    guard let number = Int64(exactly: value.version[keyPath: path]) else {
                        throw .overflow("integer overflow")
                    }
                    return .int(number)
                }))
    }

    private static func comparison(
        _ name: String, _ id: String, _ result: CELType,
        _ body: @escaping @Sendable (SemanticVersion, SemanticVersion) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [VersionValue.type, VersionValue.type], result,
                .opaques(VersionValue.self, for: name) { a, b throws(EvaluationError) in body(a.version, b.version) }))
    }
}
