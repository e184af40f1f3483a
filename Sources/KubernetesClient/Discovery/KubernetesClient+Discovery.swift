// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import Web

extension KubernetesClient {
    /// What `/version` says.
    public func version() async throws -> ServerVersion {
        let json = try await json(APIRequest(.get, "/version"))
        func text(_ key: String) -> String { json[key]?.string ?? "" }
        return ServerVersion(
            major: text("major"), minor: text("minor"), gitVersion: text("gitVersion"), platform: text("platform"))
    }

    /// Asks for all resources: in two requests when the server can tell them together, else with one for each version of
    /// each group. Throws when neither the core nor the groups are told; versions that are not are `missing`.
    public func discover() async throws -> ResourceCatalogue {
        var builder = CatalogueBuilder()
        var failures: [any Error] = []
        for path in ["/api", "/apis"] {
            do {
                try await discover(path, into: &builder)
            } catch let status as APIStatus where status.code == 404 || status.code == 403 || status.code >= 500 {
                failures.append(status)
            }
        }
        if failures.count == 2 { throw failures[0] }
        return builder.catalogue
    }

    private static let aggregated =
        ["v2", "v2beta1"].map { "\(MediaType.json);g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList" }
        .joined(separator: ",") + ",\(MediaType.json)"

    /// Asks for what is below a path.
    private func discover(_ path: String, into builder: inout CatalogueBuilder) async throws {
        var request = APIRequest(.get, path)
        (request.accept, request.limit) = (Self.aggregated, settings.listBytes)
        let json = try await json(request)
        switch json["kind"]?.string {
        case "APIGroupDiscoveryList": builder.add(aggregated: json)
        case "APIVersions":
            let versions = (json["versions"]?.array ?? []).compactMap(\.string)
            builder.add(group: "", versions: versions)
            try await describe(versions.map { GroupVersion(group: "", version: $0) }, into: &builder)
        case "APIGroupList":
            var all: [GroupVersion] = []
            for group in json["groups"]?.array ?? [] {
                guard let name = group["name"]?.string, !name.isEmpty else { continue }
                var versions = (group["versions"]?.array ?? []).compactMap { $0["version"]?.string }
                // The preferred one first; the others are in their order already.
                if let preferred = group["preferredVersion"]?["version"]?.string,
                    let place = versions.firstIndex(of: preferred)
                {
                    versions.insert(versions.remove(at: place), at: 0)
                }
                builder.add(group: name, versions: versions)
                all += versions.map { GroupVersion(group: name, version: $0) }
            }
            try await describe(all, into: &builder)
        default: throw Fault(.corrupt, "\(configuration) answers \(request) with what is no discovery")
        }
    }

    /// Asks for the resources of versions, a few at a time.
    private func describe(_ versions: [GroupVersion], into builder: inout CatalogueBuilder) async throws {
        let told = Guarded<[GroupVersion: JSON]>([:])
        let missing = Guarded<[GroupVersion: String]>([:])
        try await versions.forEachConcurrently(limit: 8) { version in
            do {
                let path = try APIRequest.path(
                    version.group.isEmpty ? ["api", version.version] : ["apis", version.group, version.version])
                var request = APIRequest(.get, path)
                request.limit = self.settings.listBytes
                let json = try await self.json(request)
                told.withLock { $0[version] = json }
            } catch let status as APIStatus {
                missing.withLock { $0[version] = status.message }
            }
        }
        let (lists, failures) = (told.withLock { $0 }, missing.withLock { $0 })
        for version in versions {
            if let list = lists[version] { builder.add(list, of: version) }
            if let failure = failures[version] { builder.missing[version] = failure }
        }
    }
}

/// Collects what discovery tells, in both of its forms.
struct CatalogueBuilder {
    private var versions: [(group: String, versions: [String])] = []
    private var resources: [APIResource] = []
    var missing: [GroupVersion: String] = [:]

    var catalogue: ResourceCatalogue {
        ResourceCatalogue(versions: versions, resources: resources, missing: missing)
    }

    mutating func add(group: String, versions: [String]) { self.versions.append((group, versions)) }

    /// An `APIGroupDiscoveryList` (apidiscovery.k8s.io v2 and v2beta1, which have the same members).
    mutating func add(aggregated json: JSON) {
        for group in json["items"]?.array ?? [] {
            let name = group["metadata"]?["name"]?.string ?? ""
            var versions: [String] = []
            for entry in group["versions"]?.array ?? [] {
                guard let version = entry["version"]?.string, !version.isEmpty else { continue }
                versions.append(version)
                let groupVersion = GroupVersion(group: name, version: version)
                if entry["freshness"]?.string == "Stale" {
                    missing[groupVersion] = "the server behind it does not answer"
                }
                for resource in entry["resources"]?.array ?? [] { add(resource, groupVersion) }
            }
            add(group: name, versions: versions)
        }
    }

    private mutating func add(_ json: JSON, _ version: GroupVersion) {
        guard let name = json["resource"]?.string, let kind = Self.kind(json["responseKind"], version) else { return }
        let singular = json["singularResource"]?.string ?? ""
        var resource = APIResource(
            resource: version.resource(name), kind: kind,
            singular: singular.isEmpty ? kind.kind.lowercased() : singular,
            isNamespaced: json["scope"]?.string == "Namespaced", verbs: Set(Self.texts(json["verbs"])),
            shortNames: Self.texts(json["shortNames"]), categories: Self.texts(json["categories"]))
        for part in json["subresources"]?.array ?? [] {
            guard let name = part["subresource"]?.string else { continue }
            resource.subresources[name] = APIResource.Subresource(
                name: name, kind: Self.kind(part["responseKind"], version), verbs: Set(Self.texts(part["verbs"])))
        }
        resources.append(resource)
    }

    /// An `APIResourceList`, where `pods/status` stands among the resources.
    mutating func add(_ json: JSON, of version: GroupVersion) {
        let start = resources.count
        let entries = json["resources"]?.array ?? []
        for entry in entries {
            guard let name = entry["name"]?.string, !name.contains("/"), let kind = Self.legacyKind(entry, version)
            else {
                continue
            }
            let singular = entry["singularName"]?.string ?? ""
            resources.append(
                APIResource(
                    resource: version.resource(name), kind: kind,
                    singular: singular.isEmpty ? kind.kind.lowercased() : singular,
                    isNamespaced: entry["namespaced"]?.bool ?? false, verbs: Set(Self.texts(entry["verbs"])),
                    shortNames: Self.texts(entry["shortNames"]), categories: Self.texts(entry["categories"])))
        }
        for entry in entries {
            guard let path = entry["name"]?.string, let slash = path.firstIndex(of: "/") else { continue }
            let part = String(path[path.index(after: slash)...])
            for index in start..<resources.count where resources[index].resource.resource == path[..<slash] {
                resources[index].subresources[part] = APIResource.Subresource(
                    name: part, kind: Self.legacyKind(entry, version), verbs: Set(Self.texts(entry["verbs"])))
            }
        }
    }

    /// A kind whose group and version are those of the list unless they are named.
    private static func legacyKind(_ json: JSON, _ version: GroupVersion) -> GroupVersionKind? {
        guard let kind = json["kind"]?.string, !kind.isEmpty else { return nil }
        let other = json["version"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        return GroupVersionKind(
            other == nil ? version.group : json["group"]?.string ?? "", other ?? version.version, kind)
    }

    private static func kind(_ json: JSON?, _ version: GroupVersion) -> GroupVersionKind? {
        guard let kind = json?["kind"]?.string, !kind.isEmpty else { return nil }
        func part(_ key: String) -> String? { json?[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        let named = part("version")
        return GroupVersionKind(named == nil ? version.group : part("group") ?? "", named ?? version.version, kind)
    }

    private static func texts(_ json: JSON?) -> [String] { (json?.array ?? []).compactMap(\.string) }
}
