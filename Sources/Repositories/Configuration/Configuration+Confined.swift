// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension Configuration {
    /// The credentials of this configuration and of nothing else, for configurations that others have written: no file of
    /// this machine is read and no program is run, whatever they name.
    ///
    /// Docker configurations stand in them as `dockerConfig`. Throws `.forbidden` for an entry that names a file.
    public func confinedCredentialResolver(
        matching: CredentialMatching = .forgiving
    ) throws(Fault) -> CredentialResolver {
        var consumers: [CredentialResolver.Consumer] = []
        var docker: [DockerConfiguration] = []
        for entry in entries("credentials.config.ocm.software") {
            try Self.refuseFiles(entry.json, entry.source, depth: 0)
            for consumer in entry.json["consumers"]?.array ?? [] {
                consumers.append(try Self.consumer(consumer, entry.source))
            }
            for item in entry.json["repositories"]?.array ?? [] {
                guard let repository = item["repository"],
                    repository["type"]?.string?.hasPrefix("DockerConfig") == true
                else { continue }
                let content = repository["dockerConfig"].map { $0.string.map { Array($0.utf8) } ?? $0.encoded() }
                guard let content else {
                    throw Fault(
                        .invalid, "\(entry.source) has a repository of type DockerConfig without “dockerConfig”",
                        fix: "put the content of the Docker configuration there")
                }
                docker.append(try DockerConfiguration(content: content, source: entry.source, matching: matching))
            }
        }
        return CredentialResolver(consumers: consumers, dockerConfigurations: docker, matching: matching)
    }

    /// Keys that end in `File` name files in all entries of credentials.
    private static func refuseFiles(_ json: JSON, _ source: String, depth: Int) throws(Fault) {
        guard depth < 32 else { throw Fault(.limitExceeded, "\(source) is nested too deeply") }
        switch json {
        case .object(let object):
            for (key, value) in object {
                guard !key.hasSuffix("File") else {
                    throw Fault(
                        .forbidden, "\(source) names a file by “\(key)”, and no file of this machine is read for it",
                        fix: "put the content itself into the configuration")
                }
                try refuseFiles(value, source, depth: depth + 1)
            }
        case .array(let items): for item in items { try refuseFiles(item, source, depth: depth + 1) }
        default: break
        }
    }
}
