// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension Configuration {
    /// The credentials of this configuration. Without any Docker configuration in it, Docker's own file is looked at.
    public func credentialResolver(_ environment: Environment) throws(Fault) -> CredentialResolver {
        var consumers: [CredentialResolver.Consumer] = []
        var docker: [DockerConfiguration] = []
        for entry in entries("credentials.config.ocm.software") {
            for consumer in entry.json["consumers"]?.array ?? [] {
                consumers.append(try Self.consumer(consumer, entry.source))
            }
            for item in entry.json["repositories"]?.array ?? [] {
                guard let repository = item["repository"],
                    repository["type"]?.string?.hasPrefix("DockerConfig") == true
                else { continue }
                let path = repository["dockerConfigFile"]?.string
                let expanded = path.map { $0.hasPrefix("~/") ? environment.home + $0.dropFirst() : $0 }
                docker.append(
                    DockerConfiguration(
                        path: expanded ?? DockerConfiguration.defaultPath(environment), isRequired: path != nil,
                        environment: environment))
            }
        }
        if docker.isEmpty {
            let path = DockerConfiguration.defaultPath(environment)
            docker = [DockerConfiguration(path: path, isRequired: false, environment: environment)]
        }
        return CredentialResolver(consumers: consumers, dockerConfigurations: docker)
    }

    static func consumer(_ json: JSON, _ source: String) throws(Fault) -> CredentialResolver.Consumer {
        let identities = json["identities"]?.array ?? json["identity"].map { [$0] } ?? []
        guard !identities.isEmpty else {
            throw Fault(.invalid, "\(source) has a consumer without “identity”", fix: "add “identity” or “identities”")
        }
        let attributes = identities.map { identity in
            var attributes: [String: String] = [:]
            for (key, value) in identity.object ?? JSONObject() {
                attributes[key] = value.string ?? value.numberText
            }
            return attributes
        }
        var untyped = Credential([:]), typed = Credential([:])
        for item in json["credentials"]?.array ?? [] {
            let type = item["type"]?.string?.split(separator: "/").first.map(String.init) ?? "Credentials"
            let isUntyped = ["Credentials", "DirectCredentials"].contains(type)
            let fields = (isUntyped ? item["properties"] : item)?.object ?? JSONObject()
            var properties: [String: String] = [:]
            for (key, value) in fields where key != "type" { properties[key] = value.string ?? value.numberText }
            if isUntyped {
                untyped = untyped.merged(with: Credential(properties))
            } else {
                typed = typed.merged(with: Credential(properties))
            }
        }
        return CredentialResolver.Consumer(identities: attributes, credential: untyped.merged(with: typed))
    }
}
