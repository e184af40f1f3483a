// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension RegistryCredential {
    /// Reads a file with `{"username": …, "password": …}`, `{"identityToken": …}` or `{"token": …}`; throws `.invalid` for
    /// another one.
    public init(file path: String) throws(Fault) {
        let json = try JSON(parsing: FileSystem.read(path, limit: 64 * 1024), source: path)
        if let token = json["token"]?.string {
            self = .bearer(token)
        } else if let token = json["identityToken"]?.string {
            self = .identityToken(token)
        } else if let user = json["username"]?.string, let password = json["password"]?.string {
            self = .basic(username: user, password: password)
        } else {
            throw Fault(.invalid, "\(path) holds no credentials", fix: "write {\"username\": …, \"password\": …}")
        }
    }
}
