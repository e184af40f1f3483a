// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Documents
public import Registry
public import RegistryProxy
public import RegistryRules
internal import Web
public import WebServer

/// The distribution API of one registry: answers requests about it. Where it listens is its owner's business.
public final class RegistryService: Sendable {
    let registry: RegistryFolder
    let gate: RegistryGate
    let signatures: SignatureGuard?
    let proxies: PullThrough?
    private let report: @Sendable (Fault) -> Void

    /// Serves a registry to those whom the gate lets through.
    ///
    /// - Parameters:
    ///   - signatures: what tags are subject to before they are shown.
    ///   - proxies: the repositories that are those of other registries.
    ///   - report: told of failures of the machine, whose details clients do not get.
    public init(
        _ registry: RegistryFolder, gate: RegistryGate, signatures: SignatureGuard? = nil, proxies: PullThrough? = nil,
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) {
        (self.registry, self.gate, self.signatures, self.proxies) = (registry, gate, signatures, proxies)
        self.report = report
    }

    /// Answers at once what can be answered from memory; nil for everything else.
    public func respondNow(to request: ServerRequest) -> ServerResponse? {
        guard let endpoint = RegistryEndpoint(request.path),
            let route = RegistryRoute.find(request.method, endpoint.kind),
            endpoint.kind == .manifest || endpoint.kind == .blob || endpoint.kind == .base,
            let caller = gate.admitNow(request, route.action, endpoint.name)
        else { return nil }
        if endpoint.kind == .base { return base() }
        guard let name = try? RepositoryName(String(endpoint.name)) else { return nil }
        switch endpoint.kind {
        case .manifest:
            guard let reference = try? ManifestReference(String(endpoint.reference)),
                let content = registry.cachedManifest(reference, in: name),
                isPlain(reference, in: name, for: caller), isFresh(reference, in: name)
            else { return nil }
            proxies?.noteUse(of: content.digest, in: name)
            return manifest(content, request)
        case .blob:
            guard let digest = try? Digest(String(endpoint.reference)),
                let content = registry.cachedBlob(digest, in: name), isPlain(.digest(digest), in: name, for: caller)
            else { return nil }
            return blob(content, request)
        default: return nil
        }
    }

    /// Answers a request; nil when its path is none of the API's.
    public func respond(to request: ServerRequest) async -> ServerResponse? {
        guard let endpoint = RegistryEndpoint(request.path) else { return nil }
        guard let route = RegistryRoute.find(request.method, endpoint.kind) else {
            var answer = RegistryAnswer.error(405, code: "UNSUPPORTED", "\(request.method) is not done here")
            answer.headers["Allow"] = RegistryRoute.methods(endpoint.kind)
            return answer
        }
        do {
            let caller = try await gate.admit(request, route.action, endpoint.name)
            return try await answer(request, endpoint, route, caller)
        } catch let refusal as Refusal {
            return refusal.response
        } catch let fault as Fault {
            return answered(fault)
        } catch is CancellationError {
            return RegistryAnswer.error(503, code: "UNAVAILABLE", "the request was given up")
        } catch {
            return answered(Fault(wrapping: error))
        }
    }

    /// Faults of the machine are told to who operates it; the client learns only that there was one.
    private func answered(_ fault: Fault) -> ServerResponse {
        let answer = RegistryAnswer.error(fault)
        if answer.status == 500 { report(fault) }
        return answer
    }

    private func answer(
        _ request: ServerRequest, _ endpoint: RegistryEndpoint, _ route: RegistryRoute, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        switch endpoint.kind {
        case .base: return base()
        case .catalogue: return try catalogue(request, caller)
        default: break
        }
        let name = try RepositoryName(String(endpoint.name))
        let reference = String(endpoint.reference)
        if route.action == .push, let proxies, proxies.covers(name) { throw proxies.refusal(of: name) }
        return switch (endpoint.kind, route.method) {
        case (.tags, _): try await tags(request, name)
        case (.referrers, _): try await referrers(request, name, reference, caller)
        case (.manifest, .put): try await putManifest(request, name, reference, caller)
        case (.manifest, .delete): try await deleteManifest(name, reference, caller)
        case (.manifest, _): try await getManifest(request, name, reference, caller)
        case (.blob, .delete): try await deleteBlob(name, reference, caller)
        case (.blob, _): try await getBlob(request, name, reference, caller)
        case (.uploads, _): try await beginUpload(request, name, caller)
        case (.upload, .patch): try await continueUpload(request, name, reference)
        case (.upload, .put): try await finishUpload(request, name, reference, caller)
        case (.upload, .delete): try await cancelUpload(name, reference)
        case (.upload, _): try await uploadState(name, reference)
        case (.base, _), (.catalogue, _): RegistryAnswer.empty(404)
        }
    }

    private func base() -> ServerResponse { RegistryAnswer.json(200, [:]) }
}
