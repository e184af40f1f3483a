// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Repositories
import TestServers
import TestSite
import Web
import WebClient

/// Everything that can stand behind `ArtifactStore`: each must keep the same promises.
enum StoreEngine: String, CaseIterable, Sendable {
    case memory, folder, tar, tgz, registry, registryWithPassword, registryWithTLS
    /// The site registry.
    case site, siteWithPassword, siteWithTLS

    static let installed = allCases.filter { $0.access == nil || RegistryServer.isInstalled }
    static let archives: [StoreEngine] = [.folder, .tar, .tgz]

    private var access: RegistryServer.Access? {
        switch self {
        case .registry, .site: .plain
        case .registryWithPassword, .siteWithPassword: .basic
        case .registryWithTLS, .siteWithTLS: .tls
        case .memory, .folder, .tar, .tgz: nil
        }
    }

    /// A new, empty store.
    func make() async throws -> StoreUnderTest {
        if [.site, .siteWithPassword, .siteWithTLS].contains(self), let access {
            let site = try await SiteRegistry(access)
            return StoreUnderTest(store: try site.client(), reopen: { try site.client() }, keeps: [site])
        }
        if let access {
            let server = try await RegistryServer(access)
            return StoreUnderTest(
                store: try server.client(), reopen: { try server.client() }, keeps: [server])
        }
        if self == .memory {
            let store = MemoryStore()
            return StoreUnderTest(store: store, reopen: { store }, keeps: [])
        }
        let folder = try TemporaryFolder()
        let path = self == .folder ? "\(folder.path)/archive" : "\(folder.path)/archive.\(rawValue)"
        let archive = try await CommonTransportArchive.create(path: path)
        return StoreUnderTest(
            store: archive,
            reopen: {
                try await archive.finish()
                return try await CommonTransportArchive.open(path: path)
            }, keeps: [folder])
    }
}

/// A store, and a second look at what it has kept.
struct StoreUnderTest: Sendable {
    let store: any ArtifactStore
    /// The same content through another object, as another process would see it.
    let reopen: @Sendable () async throws -> any ArtifactStore
    let keeps: [any AnyObject & Sendable]
}

extension RegistryServer {
    /// A client that knows the password and trusts the authority.
    func client(password: String = RegistryServer.password) throws -> RegistryClient {
        try .knowing(url, access, authority: authority, password: password)
    }
}

extension SiteRegistry {
    /// A client that knows the password and trusts the authority.
    func client() throws -> RegistryClient { try .knowing(url, access, authority: authority) }
}

extension RegistryClient {
    fileprivate static func knowing(
        _ url: String, _ access: RegistryServer.Access, authority: String, password: String = RegistryServer.password
    ) throws -> RegistryClient {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        if access == .tls {
            var tls = TLSSettings()
            tls.certificateAuthority = String(decoding: try FileSystem.read(authority, limit: 1 << 20), as: UTF8.self)
            let trusted = tls
            settings.tls = { _ in trusted }
        }
        let isOpen = access == .plain
        return RegistryClient(origin: try HTTPURL(url).origin, http: HTTPClient(settings)) { _ in
            isOpen ? nil : .basic(username: RegistryServer.user, password: password)
        }
    }
}
