// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Web

extension DockerConfiguration {
    /// Keeps a login: with the helper that the file names, else in the file, which is made readable by its owner alone.
    ///
    /// Everything else in the file stays as it is. Returns where the login is kept, for a message.
    public func store(username: String, secret: String, for origin: Origin) async throws -> String {
        var json = try read() ?? .object(JSONObject())
        let host = Self.hosts(origin).first ?? origin.host
        if let helper = json["credHelpers"]?[host]?.string ?? json["credsStore"]?.string, !helper.isEmpty {
            let helper = try CredentialHelper(name: helper, environment)
            try await helper.store(host, username: username, secret: secret)
            return helper.program
        }
        var auths = json["auths"]?.object ?? JSONObject()
        auths[host] = ["auth": .string(Array("\(username):\(secret)".utf8).base64)]
        json["auths"] = .object(auths)
        try FileSystem.makeFolder(FileSystem.folder(of: path), mode: 0o700)
        try FileSystem.write(Array(json.pretty().utf8), to: path, mode: 0o600)
        return path
    }
}
