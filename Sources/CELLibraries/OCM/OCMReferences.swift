// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// `toOCI()` and `parseRef()`, for accesses of everything but local blobs.
    public static let ocmReferences = ocmReferences(of: nil)

    /// `toOCI()` of OCM's controller, and `parseRef()` of OCM's localization examples.
    ///
    /// `x.toOCI()` and `toOCI(x)` take an access or a reference and give `host`, `registry`, `repository`, `tag`, `digest`
    /// and `reference`: the tag, the digest, or both as `tag@digest`. An access is an OCI image, a local blob, or
    /// anything with an `imageReference`. `host` and `registry` are the host to speak to, so Docker Hub's is
    /// `registry-1.docker.io`.
    ///
    /// `text.parseRef()` and `parseRef(text)` give a reference's `scheme`, `registry`, `repository`, `tag` and `digest` as
    /// they were written, and `reference` as above; `registry + "/" + repository` names the same repository.
    ///
    /// A part that is missing is an empty string.
    /// - Parameter location: where the component version is; without it local blobs have no reference.
    public static func ocmReferences(of location: ComponentLocation?) -> Library {
        let toOCI = Overload.Implementation.unary { value, budget throws(EvaluationError) in
            let reference = try parse(accessReference(value, location), &budget)
            let host = reference.registry == "docker.io" ? "registry-1.docker.io" : reference.registry
            return parts([("host", host), ("registry", host)] + reference.common)
        }
        let parseRef = Overload.Implementation.unary { value, budget throws(EvaluationError) in
            let reference = try parse(value.expectString(by: "parseRef"), &budget)
            return parts([("scheme", reference.scheme), ("registry", reference.registry)] + reference.common)
        }
        let result = CELType.map(.string, .string)
        return Library(
            "ocm.references",
            functions: [
                Function(
                    "toOCI", .method("toOCI_dyn_member", [.dyn], result, toOCI),
                    .function("toOCI_dyn", [.dyn], result, toOCI)),
                Function(
                    "parseRef", .method("parseRef_string_member", [.string], result, parseRef),
                    .function("parseRef_string", [.string], result, parseRef)),
            ])
    }
}

private func parse(_ text: String, _ budget: inout Budget) throws(EvaluationError) -> LooseReference {
    // The parts together are as long as the whole, and digests stand in two of them.
    try budget.allocate(bytes: 3 * text.utf8.count)
    try budget.allocate(values: 12)
    do throws(LooseReference.Problem) {
        return try LooseReference(text)
    } catch {
        throw .invalid("invalid reference: \(error.message)")
    }
}

extension LooseReference {
    fileprivate var common: [(String, String)] {
        let reference = [tag, digest].filter { !$0.isEmpty }.joined(separator: "@")
        let path = String(Substring(repository.utf8.drop { $0 == UInt8(ascii: "/") }))
        return [("repository", path), ("tag", tag), ("digest", digest), ("reference", reference)]
    }
}

private func parts(_ entries: [(String, String)]) -> Value {
    .map(MapValue(entries.map { (.string($0), .string($1)) }))
}

/// The reference that a text is or that an access leads to.
private func accessReference(_ value: Value, _ location: ComponentLocation?) throws(EvaluationError) -> String {
    if case .string(let text) = value { return text }
    guard case .map(let access) = value else {
        throw .invalid("expected string or map with OCIImage or localBlob access, got \(value.typeName)")
    }
    var reason = ""
    if case .string(let type)? = access["type"], localBlobTypes.contains(type) {
        if let location, case .string(let digest)? = access["localReference"], !digest.isEmpty,
            !location.baseURL.isEmpty
        {
            return location.reference(digest: digest)
        }
        reason = location == nil ? "; where the component is stored is not known here" : ""
    }
    // What OCI images have is also what every other access may have for now; upstream will drop the latter.
    if case .string(let reference)? = access["imageReference"] { return reference }
    throw .invalid(
        "expected map with OCIImage access (imageReference) or localBlob access (localReference) "
            + "or imageReference field\(reason)")
}

private let localBlobTypes = ["localBlob", "localBlob/v1", "LocalBlob", "LocalBlob/v1"]
