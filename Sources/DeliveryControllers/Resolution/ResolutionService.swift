// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Documents
internal import OCI
public import Reconciling
internal import Repositories
public import WebClient

/// Reads component versions and contents for all controllers of a process, each once.
///
/// What was read is kept, descriptors and contents each within their bytes; equal questions share one answer; failures
/// are remembered for a moment that doubles with each, so that an outage is waited out instead of hammered at. Every
/// question names the configuration it is asked with and what the answer must prove: nobody gets what only others may
/// read, or what was not verified as asked.
public final class ResolutionService: Sendable {
    struct VersionKey: Hashable, Sendable {
        let configuration: String
        let repositorySpec: JSON
        let identity: ComponentVersionIdentity
        let proof: VersionProof
    }
    struct PlaceKey: Hashable, Sendable {
        let configuration: String
        let repositorySpec: JSON
        /// A component whose versions are listed, or the digest of a content.
        let detail: String
    }

    /// How much it does and keeps.
    public let settings: ResolutionSettings
    private let pool: RepositoryPool
    private let versions: SharedWork<VersionKey, ResolvedVersion>
    private let lists: SharedWork<PlaceKey, [ComponentVersion]>
    private let contents: SharedWork<PlaceKey, [UInt8]>
    private let digests: SharedWork<PlaceKey, DigestSpecification?>
    private let health: SharedWork<PlaceKey, Bool>

    /// A service.
    /// - Parameters:
    ///   - client: makes the HTTP client of a configuration.
    ///   - notify: told of objects that were waiting for something that is there now, or has failed.
    public init(
        _ settings: ResolutionSettings = ResolutionSettings(), clock: ResolutionClock = .system,
        client: @escaping @Sendable (HTTPClientSettings) -> HTTPClient = { HTTPClient($0) },
        notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) {
        self.settings = settings
        pool = RepositoryPool(settings, makeClient: client)
        func limits<Key, Value>(_: SharedWork<Key, Value>.Type, weight: Int, _ time: Duration)
            -> SharedWork<Key, Value>.Limits
        {
            SharedWork<Key, Value>.Limits(
                concurrency: settings.concurrency, queue: settings.queue, cacheWeight: weight, timeToLive: time,
                firstBackOff: settings.firstBackOff, longestBackOff: settings.longestBackOff)
        }
        versions = SharedWork(
            limits(SharedWork<VersionKey, ResolvedVersion>.self, weight: settings.descriptorBytes, settings.timeToLive),
            clock, subject: { $0.identity.name.text }, weigh: { $0.weight }, notify: notify)
        contents = SharedWork(
            limits(SharedWork<PlaceKey, [UInt8]>.self, weight: settings.contentBytes, settings.timeToLive), clock,
            weigh: { $0.count + 512 }, notify: notify)
        digests = SharedWork(
            limits(SharedWork<PlaceKey, DigestSpecification?>.self, weight: 20_000, settings.timeToLive), clock,
            notify: notify)
        // What changes is never kept; asking together is still asking once.
        lists = SharedWork(
            limits(SharedWork<PlaceKey, [ComponentVersion]>.self, weight: 0, .zero), clock, subject: { $0.detail },
            notify: notify)
        health = SharedWork(limits(SharedWork<PlaceKey, Bool>.self, weight: 0, .zero), clock, notify: notify)
    }

    /// What it has done so far, and what it holds.
    public var counters: ResolutionCounters {
        get async {
            var sum = ResolutionCounters()
            for one in await [
                versions.counters.values, lists.counters.values, contents.counters.values, digests.counters.values,
                health.counters.values,
            ] {
                sum.cacheHits += one[0]
                sum.cacheMisses += one[1]
                sum.joined += one[2]
                sum.failures += one[3]
                sum.rememberedFailures += one[4]
            }
            let version = await versions.standing, content = await contents.standing
            for one in [version, content, await lists.standing, await digests.standing, await health.standing] {
                sum.queued += one.queued
                sum.running += one.running
            }
            (sum.descriptorBytes, sum.contentBytes) = (version.weight, content.weight)
            return sum
        }
    }

    /// Notes that there is another version of a component, or that one of its versions is other than it was: whoever asks
    /// from now on gets no answer that was begun before.
    public func noteChange(ofComponent name: String) async {
        await lists.noteChange(of: name)
        await versions.noteChange(of: name)
    }

    /// Asks whether a repository can be reached and takes our credentials.
    public func checkHealth(
        of repositorySpec: JSON, _ configuration: LoadedConfiguration, isFresh: Bool = false,
        for subscriber: ObjectAddress? = nil
    ) async throws(ResolutionError) {
        let key = PlaceKey(configuration: configuration.hash, repositorySpec: repositorySpec, detail: "")
        _ = try await health.value(key, isFresh ? .begunLater : .kept, patience: settings.patience, for: subscriber) {
            [pool] in
            let open = try await pool.repository(repositorySpec, configuration)
            if case .registry(let origin, _) = open.address.locator.kind {
                do { try await open.connections.registry(at: origin).ping() } catch {
                    throw Self.explained(Fault(wrapping: error), open)
                }
            }
            return true
        }
    }

    /// All versions of a component, newest first. They are listed anew for whoever asks next.
    public func versions(
        of component: ComponentName, in repositorySpec: JSON, _ configuration: LoadedConfiguration,
        isFresh: Bool = false,
        for subscriber: ObjectAddress? = nil
    ) async throws(ResolutionError) -> [ComponentVersion] {
        let key = PlaceKey(
            configuration: configuration.hash, repositorySpec: repositorySpec, detail: component.text)
        return try await lists.value(key, isFresh ? .begunLater : .kept, patience: settings.patience, for: subscriber) {
            [pool] in
            let open = try await pool.repository(repositorySpec, configuration)
            do { return try await open.repository.versions(of: component) } catch {
                throw Self.explained(Fault(wrapping: error), open)
            }
        }
    }

    /// A component version that proves what it must.
    ///
    /// - Parameter isFresh: whether it is read again, although it is known.
    public func resolve(
        _ request: VersionRequest, isFresh: Bool = false, for subscriber: ObjectAddress? = nil
    ) async throws(ResolutionError) -> ResolvedVersion {
        let key = VersionKey(request, request.proof)
        let version = try await versions.value(
            key, isFresh ? .begunLater : .kept, patience: settings.patience, for: subscriber
        ) {
            [pool, settings] in
            let open = try await pool.repository(request.repositorySpec, request.configuration)
            do { return try await VersionReading(request: request, open: open, settings: settings).read() } catch {
                throw Self.explained(Fault(wrapping: error), open)
            }
        }
        if case .signatures = request.proof {
            // Who vouches for the digest asks for the same version by it.
            let known = VersionKey(request, .digest(version.digest))
            if await versions.known(known) == nil { await versions.keep(version, for: known) }
        }
        return version
    }

    /// The bytes of a resource, checked against its digest where it has one.
    ///
    /// - Parameter limit: the most bytes; more fail with `.limitExceeded`.
    public func content(
        of resource: Resource, in version: ResolvedVersion, _ configuration: LoadedConfiguration,
        limit: Int? = nil, for subscriber: ObjectAddress? = nil
    ) async throws(ResolutionError) -> [UInt8] {
        let limit = limit ?? settings.contentLimit
        let pinned = resource.digest.flatMap { $0.isExcluded ? nil : $0 }
        // Without a digest the content may change under its name, so it is never taken from what is kept.
        let detail =
            pinned.map { "\($0.hashAlgorithm):\($0.normalisationAlgorithm):\($0.value):\(limit)" }
            ?? "\(version.identity)/\(resource.identity):\(limit)"
        let key = PlaceKey(
            configuration: configuration.hash, repositorySpec: version.repositorySpec, detail: detail)
        return try await contents.value(
            key, pinned == nil ? .running : .kept, patience: settings.patience, for: subscriber
        ) { [settings] in
            let reading = ContentReading(resource: resource, version: version, settings: settings, limit: limit)
            do { return try await reading.read() } catch { throw Self.explained(Fault(wrapping: error), version.open) }
        }
    }

    /// The digest of a resource, which its content was found to have; nil for one without content or digest.
    ///
    /// - Throws: `.mismatch` when the content is another, `.unsupported` for an access that is unknown here.
    public func verifiedDigest(
        of resource: Resource, in version: ResolvedVersion, _ configuration: LoadedConfiguration, isFresh: Bool = false,
        for subscriber: ObjectAddress? = nil
    ) async throws(ResolutionError) -> DigestSpecification? {
        let key = PlaceKey(
            configuration: configuration.hash, repositorySpec: version.repositorySpec,
            detail: "\(version.identity)/\(version.digest.value)/\(resource.json.text(sortedKeys: true))")
        return try await digests.value(key, isFresh ? .begunLater : .kept, patience: settings.patience, for: subscriber)
        {
            [settings] in
            let verification = ResourceVerification(
                resource: resource, version: version, temporaryFolder: settings.temporaryFolder)
            do { return try await verification.verify() } catch {
                throw Self.explained(Fault(wrapping: error), version.open)
            }
        }
    }

    /// Says whom credentials were looked up for, when none or the wrong ones were found.
    private static func explained(_ fault: Fault, _ open: OpenRepository) -> Fault {
        guard [.unauthorized, .forbidden].contains(fault.code),
            case .registry(let origin, let path) = open.address.locator.kind
        else { return fault }
        let identity = ConsumerIdentity(registry: origin, repository: path)
        return Fault(
            fault.code, fault.message,
            fix: "credentials were looked up for \(identity); add a consumer with these attributes to ocmConfig",
            cause: fault.cause)
    }
}

extension ResolutionService.VersionKey {
    fileprivate init(_ request: VersionRequest, _ proof: VersionProof) {
        self.init(
            configuration: request.configuration.hash, repositorySpec: request.repositorySpec,
            identity: request.identity, proof: proof)
    }
}

extension SharedWork.Counters {
    fileprivate var values: [UInt64] { [hits, misses, joined, failures, rememberedFailures] }
}

extension ResolvedVersion {
    /// About as many bytes as it takes.
    fileprivate var weight: Int { descriptor.encoded().count * 3 + 2048 }
}
