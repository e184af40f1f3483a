// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
public import Reconciling
internal import Repositories

/// Follows a path of references from a component version to another.
public struct ReferenceWalk: Sendable {
    private let service: ResolutionService
    private let configuration: LoadedConfiguration
    private let subscriber: ObjectAddress?

    /// A walk that reads through the service.
    public init(_ service: ResolutionService, _ configuration: LoadedConfiguration, for subscriber: ObjectAddress?) {
        (self.service, self.configuration, self.subscriber) = (service, configuration, subscriber)
    }

    /// The version at the end of the path.
    ///
    /// Each hop is the first reference whose identity is equal to that of the path. Where it carries a digest the version
    /// must have it, so what vouches for the first vouches for the last.
    /// - Throws: `GetReferenceFailed` with what there is when a reference is missing or carries half a digest; what reading
    ///   throws.
    public func follow(
        _ path: [[String: String]], from root: ResolvedVersion
    ) async throws(ReconcileError) -> ResolvedVersion {
        var version = root
        var walked = ReferencePath(root.identity)
        for step in path {
            let target: ComponentVersionIdentity, digest: DigestSpecification?
            do throws(Fault) {
                let reference = try Self.reference(step, of: version)
                (target, digest) = (try reference.target, try Self.complete(reference, version))
                walked = try walked.appending(target)
            } catch {
                throw .stalled(error, reason: DeliveryReason.reference)
            }
            let request = VersionRequest(
                repositorySpec: version.repositorySpec, configuration: configuration, identity: target,
                proof: digest.map { .digest($0) } ?? .signatures([], .component))
            do throws(ResolutionError) {
                version = try await service.resolve(request, for: subscriber)
            } catch {
                throw error.reconcileError(reason: DeliveryReason.componentVersion, doing: "reading \(target)")
            }
        }
        return version
    }

    private static func reference(
        _ step: [String: String], of version: ResolvedVersion
    ) throws(Fault) -> ComponentReference {
        let references = version.descriptor.references
        if let reference = IdentityRule.first(step, in: references) { return reference }
        let (wanted, present) = IdentityRule.explain(step, references)
        throw Fault(.notFound, "\(version.identity) has no reference \(wanted)", fix: present)
    }

    /// The digest of a reference; half a digest pins nothing and is refused.
    private static func complete(
        _ reference: ComponentReference, _ version: ResolvedVersion
    ) throws(Fault) -> DigestSpecification? {
        guard let digest = reference.digest else { return nil }
        guard !digest.hashAlgorithm.isEmpty, !digest.normalisationAlgorithm.isEmpty, !digest.value.isEmpty else {
            throw Fault(
                .unverified, "the reference “\(reference.name)” of \(version.identity) has half a digest",
                fix: "sign the version again")
        }
        return digest
    }
}

extension ResolutionError {
    /// What it means to a reconciliation. What only somebody else can mend is stalled for objects that a watch will wake;
    /// here all is tried again, since repositories are not watched.
    func reconcileError(reason: String, doing activity: String) -> ReconcileError {
        switch self {
        case .inProgress:
            .progressing("\(activity) is in progress", reason: DeliveryReason.resolving, retryAfter: .seconds(30))
        case .failed(let fault, let delay):
            fault.code == .unavailable
                ? .waiting("\(activity): \(fault.description)", reason: reason, retryAfter: max(delay, .seconds(1)))
                : .failed(fault.during(activity), reason: reason)
        }
    }
}
